import { formatEndpoint, isPresent } from "../../core/member.ts";
import type { NodeSnapshot } from "../../core/snapshot.ts";
import type { ServiceAnswer } from "../../discovery/directory/live-query.ts";
import type { ServiceEndpoint } from "../../discovery/select-endpoints.ts";
import { UNIX_SCHEME } from "../api-address.ts";
import { apiAddressOf } from "../bodies.ts";
import type { NodeApi } from "../node-api.ts";

/** One target of Prometheus' HTTP service discovery; labels that begin with `__meta_` are for relabelling. */
export interface PrometheusTarget {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * `GET /v1/sd/prometheus`: the usable endpoints of one service, or of all, each put together when it is asked for; undefined
 * while the view is not whole.
 */
export function serviceTargets(
  { directory }: NodeApi,
  service: string | undefined,
): Iterable<PrometheusTarget> | undefined {
  if (service === undefined) {
    const services = directory.services();
    return services && targetsOf(services.map(({ answer }) => answer));
  }
  const answer = directory.ask({ service });
  return answer && targetsOf([answer]);
}

/** `GET /v1/sd/prometheus/nodes`: the control APIs of the present members that tell one, each with a `/v1/metrics`. */
export function nodeTargets(node: NodeApi): Iterable<PrometheusTarget> {
  return targetsOfNodes(node.snapshot(), node);
}

function* targetsOfNodes({ members }: NodeSnapshot, node: NodeApi): Iterable<PrometheusTarget> {
  for (const { record, state } of members) {
    const api = apiAddressOf(record, node);
    if (api === null || api.startsWith(UNIX_SCHEME) || !isPresent(state)) continue;
    const labels = {
      // Members are taken to serve their APIs as this one does.
      ...(node.identity.apiScheme === "https" && { __scheme__: "https" }),
      __metrics_path__: "/v1/metrics",
      __meta_hearsay_member: record.name,
      __meta_hearsay_state: state,
      ...labelsOf("__meta_hearsay_tag_", record.tags),
    };
    yield { targets: [api], labels };
  }
}

function* targetsOf(answers: readonly ServiceAnswer[]): Iterable<PrometheusTarget> {
  for (const answer of answers) {
    for (const endpoint of answer.endpoints) yield targetOf(answer, endpoint);
  }
}

function targetOf(
  { service, panic }: ServiceAnswer,
  { member, host, state, service: offered }: ServiceEndpoint,
): PrometheusTarget {
  return {
    targets: [formatEndpoint({ host, port: offered.port })],
    labels: {
      __meta_hearsay_service: service,
      __meta_hearsay_member: member,
      __meta_hearsay_state: state,
      __meta_hearsay_health: offered.health,
      __meta_hearsay_panic: String(panic !== null),
      // As Prometheus' own discoveries join lists: with a separator at both ends, so that a whole word can be matched.
      __meta_hearsay_tags: offered.tags.length === 0 ? "" : `,${offered.tags.join(",")},`,
      ...labelsOf("__meta_hearsay_meta_", offered.meta),
    },
  };
}

/** Names of labels may hold letters, digits and `_` alone. */
function labelsOf(prefix: string, pairs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(pairs).map(([key, value]) => [
      prefix + key.replaceAll(/[^A-Za-z0-9_]/g, "_"),
      value,
    ]),
  );
}
