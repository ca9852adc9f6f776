import type { AccusationReason } from "../../core/member.ts";
import type { NodeSnapshot } from "../../core/snapshot.ts";
import { certaintyOf, isSlow } from "../../text/silence.ts";
import type { NodeApi } from "../node-api.ts";
import { counter, gauge, type Metric, one, type Sample } from "./metric-samples.ts";

const KINDS: readonly AccusationReason[] = [
  "silence",
  "unreachable",
  "frozen",
  "refused",
  "crashed",
];

/** Suspicions by what is known of the silence, those that were false, and members that are only slow. */
export function suspicionMetrics(node: NodeApi, { members }: NodeSnapshot): Metric[] {
  const slowness = members.flatMap(({ record, slowness }): Sample[] =>
    slowness === null ? [] : [[{ member: record.name }, slowness]],
  );
  const suspects = members.filter(({ state }) => state === "suspect");
  const ofKind = (kind: AccusationReason) =>
    suspects.filter(({ silence }) => silence === kind).length;
  const accusations = node.accusations();
  return [
    gauge(
      "hearsay_suspects",
      "Suspects in this node's view by the kind of their silence, and whether it is a fact or inferred",
      KINDS.map((kind) => [labelsOf(kind), ofKind(kind)]),
    ),
    counter(
      "hearsay_accusations_total",
      "Accusations in this view, of this node and of others, by the kind of silence",
      KINDS.map((kind) => [labelsOf(kind), accusations.get(kind) ?? 0]),
    ),
    counter(
      "hearsay_suspicions_cleared_total",
      "Suspicions of other members that turned out false, by how that came out",
      Object.entries(node.falseSuspicions().cleared).map(([cause, count]) => [{ cause }, count]),
    ),
    counter(
      "hearsay_refutations_total",
      "Times this node had to refute a rumour about itself",
      one(node.falseSuspicions().refuted),
    ),
    gauge(
      "hearsay_slow_members",
      "Members that are not suspected and answer this node much more slowly than they used to",
      one(members.filter(isSlow).length),
    ),
    gauge("hearsay_member_slowness", "Phi of the open pings to each observed member", slowness),
  ];
}

function labelsOf(kind: AccusationReason): Sample[0] {
  return { kind, certainty: certaintyOf(kind) };
}
