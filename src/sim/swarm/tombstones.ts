import type { BeliefUpdate } from "../../core/member.ts";
import type { SimCluster } from "../sim-cluster.ts";
import type { SwarmOptions } from "./swarm.ts";

const PORT = 7946;
/** Before the wall clock of any simulated start. */
const INCARNATION = 1_700_000_000;
const AGE_MS = 60_000;
const UPDATES_TOLD_MAX = 16;

/** Members that were once declared, by the first of those that run. */
export function tombstonesOf(
  { count, state }: NonNullable<SwarmOptions["tombstones"]>,
  names: readonly string[],
): readonly BeliefUpdate[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `gone-${index}`;
    const record = {
      name,
      endpoint: { host: `10.200.${index >> 8}.${index & 255}`, port: PORT },
      startId: index.toString(16).padStart(24, "0"),
      incarnation: INCARNATION,
      tags: {},
      services: [],
      api: null,
      protocol: { min: 1, max: 1 },
      takesWires: true,
    };
    const by = state === "left" ? name : (names[0] as string);
    return { kind: "belief", record, state, ageMs: AGE_MS, by };
  });
}

/** Has each node hear of them from another one. */
export function tellAll(cluster: SimCluster, updates: readonly BeliefUpdate[]): void {
  const { running } = cluster;
  for (const [at, name] of running.entries()) {
    const teller = cluster.snapshot(running[(at + 1) % running.length] as string).self;
    const { name: sender, startId, incarnation, endpoint: from } = teller;
    const header = { sender, startId, counter: 0, incarnation, stalledMs: 0 };
    for (let told = 0; told < updates.length; told += UPDATES_TOLD_MAX) {
      const some = updates.slice(told, told + UPDATES_TOLD_MAX);
      const message = { header, body: { kind: "gossip" }, updates: some } as const;
      cluster.submit(name, { kind: "message", from, message, bytes: 0 });
    }
  }
}
