import { formatTable, right } from "../../text/table.ts";
import { type BenchOutput, putFigures } from "../bench-output.ts";
import { describeConditions, readConditions } from "../conditions.ts";
import type { Preset } from "../preset.ts";
import { measureSeal, type SealCost } from "./measure-seal.ts";
import { type Rotation, type RotationPlan, rotateKeys } from "./rotate-keys.ts";

const SIZES = [60, 300, 1_200];
const PLANS = {
  full: { batches: 400, rotation: { nodes: 30, profile: "lan", loss: 0.1, watchMs: 10_000 } },
  short: { batches: 10, rotation: { nodes: 3, profile: "local", loss: 0.1, watchMs: 500 } },
} as const satisfies Record<Preset, { batches: number; rotation: RotationPlan }>;

/** `hearsay bench keys`: what a seal costs a datagram, and how long a cluster takes to change its key while it loses datagrams. */
export async function runKeysBench(
  preset: Preset,
  nodes: number | undefined,
  output: BenchOutput,
): Promise<void> {
  const { batches, rotation } = PLANS[preset];
  const plan: RotationPlan = { ...rotation, nodes: nodes ?? rotation.nodes };
  const conditions = readConditions(undefined);
  const seal = measureSeal(SIZES, batches);
  const percent = `${plan.loss * 100} %`;
  output.talk(
    `${plan.nodes} daemons of profile ${plan.profile} change their key at ${percent} loss …`,
  );
  const changed = await rotateKeys(plan);
  const lines = [...formatSeal(seal), "", ...formatRotation(plan, changed)];
  putFigures(output, { conditions, seal, rotation: { ...plan, ...changed } }, lines);
  output.talk(describeConditions(conditions));
}

function formatSeal(costs: readonly SealCost[]): string[] {
  const rows = costs.map(({ payloadBytes, closeUs, openUs }) => [
    String(payloadBytes),
    closeUs.toFixed(1),
    openUs.toFixed(1),
  ]);
  return formatTable([right("BYTES"), right("SEAL µs"), right("OPEN µs")], rows);
}

function formatRotation({ nodes, loss }: RotationPlan, rotation: Rotation): string[] {
  const { tookMs, stepsMs, orders, lost, suspicionsBefore, suspicions, deaths } = rotation;
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  const columns = [
    "NODES",
    "LOSS",
    "INSTALL",
    "USE",
    "REMOVE",
    "TOGETHER",
    "ORDERS",
    "LOST",
    "SUSPICIONS BEFORE",
    "SUSPICIONS",
    "DEATHS",
  ];
  return formatTable(columns.map(right), [
    [
      ...[String(nodes), `${loss * 100} %`],
      ...[stepsMs.install, stepsMs.use, stepsMs.remove, tookMs].map(seconds),
      ...[orders, lost, suspicionsBefore, suspicions, deaths].map(String),
    ],
  ]);
}
