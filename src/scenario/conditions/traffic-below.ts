import { z } from "zod";
import { bytesPerSecond as bytesPerSecondOf, trafficRate } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import type { RunState } from "../run/run-state.ts";
import { viewers } from "./condition-fields.ts";
import type { WithViewers } from "./condition-source.ts";
import type { ConditionWord } from "./condition-word.ts";
import type { EvaluationContext } from "./evaluation.ts";

/** Each node sends less than this on average, while it is held: `8 KiB/s`. */
export interface TrafficBelowSource extends WithViewers {
  readonly traffic_below: string;
}

/** Sent by each node, on average over the time that it is held. */
export interface TrafficBelowCondition {
  readonly kind: "traffic-below";
  readonly bytesPerSecond: number;
}

/** `{ traffic_below: 8 KiB/s }`. */
export const trafficBelow: ConditionWord<
  "traffic_below",
  TrafficBelowSource,
  TrafficBelowCondition
> = {
  word: "traffic_below",
  kind: "traffic-below",
  standing: "always",
  isMeasured: true,
  schema: schemaOf<TrafficBelowSource>()(
    z
      .strictObject({ traffic_below: trafficRate, viewers })
      .describe("Each node sends less than this on average, while it is held"),
  ),
  parse: ({ traffic_below: rate }) => ({
    condition: { kind: "traffic-below", bytesPerSecond: bytesPerSecondOf(rate) },
    label: `traffic below ${rate} a node`,
  }),
  check: (_, { holdMs }) =>
    holdMs > 0 ? undefined : "traffic_below needs a hold: for how long it is measured",
  evaluate({ bytesPerSecond }, run, { viewers: senders, sent }) {
    const rates = senders.flatMap((node) => rateOf(node, run, sent) ?? []);
    const worst = rates.reduce((a, b) => (b.rate > a.rate ? b : a), { node: "no node", rate: 0 });
    const got = () => `${worst.node} sent ${Math.round(worst.rate)} B/s`;
    return { holds: worst.rate < bytesPerSecond, got };
  },
};

function rateOf(node: string, run: RunState, sent: EvaluationContext["sent"]) {
  const now = run.traffic.get(node);
  const before = sent.get(node) ?? { bytes: 0, atMs: 0 };
  if (now === undefined || now.bytes < before.bytes) return undefined;
  const spanMs = run.nowMs - before.atMs;
  return spanMs <= 0 ? undefined : { node, rate: ((now.bytes - before.bytes) * 1000) / spanMs };
}
