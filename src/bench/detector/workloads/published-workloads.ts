import type { Anomaly, Plan } from "./plan.ts";
import type { Workload } from "./workload.ts";

const RAPID = "Rapid (Suresh et al., USENIX ATC 2018, §7)";
const LIFEGUARD = "Lifeguard (Dadgar et al., DSN 2018, §V)";

/** Concurrent anomalies C and their duration D; between two of them the members run for a while. */
const ANOMALY_MEMBERS = [4, 16, 32];
const ANOMALY_MS = [2000, 8000, 32_000];
const BETWEEN_ANOMALIES_MS = 1000;
const SWEEP_SIZE = 128;
/** By datagrams alone these take minutes, and no process of them crashes. */
const COMPARED = ["hearsay", "swim", "lifeguard"] as const;

/** Workloads that others published figures for, here as named presets of our own simulator. */
export const PUBLISHED_WORKLOADS: readonly Workload[] = [
  rapid(
    "rapid-one-way",
    `1 % of the members lose all that they are sent, for 90 s: ${RAPID}`,
    { fault: "ingress", share: 1, onMs: 90_000, offMs: 0, isTogether: true },
    90_000,
  ),
  rapid(
    "rapid-flip-flop",
    `1 % of the members lose all that they are sent, 20 s on and 20 s off: ${RAPID}`,
    { fault: "ingress", share: 1, onMs: 20_000, offMs: 20_000, isTogether: true },
    100_000,
  ),
  rapid(
    "rapid-egress-80",
    `1 % of the members lose 80 % of what they send, for 90 s: ${RAPID}`,
    { fault: "egress", share: 0.8, onMs: 90_000, offMs: 0, isTogether: true },
    90_000,
  ),
  ...ANOMALY_MEMBERS.flatMap((members) =>
    ANOMALY_MS.map((onMs) =>
      sweep("lifeguard", members, onMs, "freeze", "members stand still for", LIFEGUARD),
    ),
  ),
  ...ANOMALY_MS.map((onMs) =>
    sweep("dropping", 32, onMs, "both", "members lose all packets for", "the model study"),
  ),
];

function rapid(name: string, title: string, anomaly: Anomaly, forMs: number): Workload {
  return {
    ...{ name, title },
    group: "anomalies",
    sizes: [128],
    plan: (size) => anomalies(anomaly, Math.max(1, Math.round(size / 100)), forMs),
    trials: () => 1,
    candidates: COMPARED,
  };
}

function sweep(
  prefix: string,
  members: number,
  onMs: number,
  fault: Anomaly["fault"],
  what: string,
  source: string,
): Workload {
  // Ends with a fault, so that the way back to one view is measured from there.
  const cycleMs = onMs + BETWEEN_ANOMALIES_MS;
  const forMs = Math.max(2, Math.ceil(60_000 / cycleMs)) * cycleMs - BETWEEN_ANOMALIES_MS;
  return {
    name: `${prefix}-c${members}-d${onMs / 1000}s`,
    group: "anomalies",
    title: `${members} ${what} ${onMs / 1000} s again and again, all together: ${source}`,
    sizes: [SWEEP_SIZE],
    plan: (size) =>
      anomalies(
        { fault, share: 1, onMs, offMs: BETWEEN_ANOMALIES_MS, isTogether: true },
        Math.min(members, Math.floor(size / 4)),
        forMs,
      ),
    trials: () => 1,
    ...(fault === "freeze" && { candidates: COMPARED }),
  };
}

function anomalies(anomaly: Anomaly, members: number, forMs: number): Plan {
  return { kind: "anomalies", anomaly, members, forMs };
}
