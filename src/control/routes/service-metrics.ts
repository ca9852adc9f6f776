import type { NodeApi } from "../node-api.ts";
import { counter, gauge, type Metric, one, type Sample } from "./metric-samples.ts";
import type { WaitingClients } from "./waiting.ts";

/** What consumers are given, and how the checks of this node's own services stand. */
export function serviceMetrics(node: NodeApi): Metric[] {
  const answers = (node.directory.services() ?? []).map(({ answer }) => answer);
  const endpoints = answers.flatMap(({ service, endpoints, out }): Sample[] => [
    [{ service, use: "in" }, endpoints.length],
    [{ service, use: "out" }, out.length],
  ]);
  const panics = answers.map(({ service, panic }): Sample => [{ service }, panic === null ? 0 : 1]);
  const checks = node.localServices
    .checks()
    .flatMap(({ service, check, health }): Sample[] =>
      (["passing", "critical", "unknown", "starting"] as const).map((each) => [
        { service, check, health: each },
        health === each ? 1 : 0,
      ]),
    );
  const maintained = node.localServices
    .services()
    .map(({ name, maintenance }): Sample => [{ service: name }, maintenance === undefined ? 0 : 1]);
  return [
    gauge(
      "hearsay_service_maintenance",
      "1 while a service of this node is out of use by its operator",
      maintained,
    ),
    gauge(
      "hearsay_service_endpoints",
      "Known endpoints of each service by whether consumers are given them",
      endpoints,
    ),
    gauge(
      "hearsay_service_panic",
      "1 while all known endpoints of a service come back, usable or not",
      panics,
    ),
    gauge(
      "hearsay_check_health",
      "1 for the present health of each check that this node runs",
      checks,
    ),
  ];
}

/** Who asks this node, and how. */
export function consumerMetrics({ dns }: NodeApi, clients: WaitingClients): Metric[] {
  const waiting = gauge(
    "hearsay_waiting_clients",
    "Clients that hold a connection of the control API open",
    one(clients.waiting),
  );
  const dropped = counter(
    "hearsay_clients_dropped_total",
    "Clients that were cut off because they did not read",
    one(clients.dropped),
  );
  const refused = counter(
    "hearsay_clients_refused_total",
    "Requests and connections of the control API that were refused by reason",
    Array.from(clients.refused.counts, ([reason, count]): Sample => [{ reason }, count]),
  );
  const counts = dns?.counts();
  if (counts === undefined) return [waiting, dropped, refused];
  const answered = Object.entries(counts.answered).map(([key, count]): Sample => {
    const [transport = "", code = ""] = key.split(" ");
    return [{ transport, code }, count];
  });
  return [
    waiting,
    dropped,
    refused,
    counter("hearsay_dns_responses_total", "DNS responses", answered),
    counter("hearsay_dns_ignored_total", "DNS packets not answered", one(counts.ignored)),
  ];
}
