import { bothWays, CUT } from "../../cluster/link-cuts.ts";
import type { LocalCluster } from "../../cluster/local-cluster.ts";
import type { Millis } from "../../core/member.ts";
import { chance, type Rng, sample } from "../../core/primitives/rng.ts";

/** What is done to a cluster, for a time. */
export type Fault =
  | { readonly kind: "kill" | "freeze"; readonly nodes: readonly string[] }
  | { readonly kind: "partition"; readonly nodes: readonly string[] }
  | { readonly kind: "loss"; readonly share: number };

/** The kinds, in the order of reports. */
export const FAULT_KINDS = ["kill", "freeze", "partition", "loss"] as const;

const VICTIMS_MAX = 2;

/** The next fault. Only `mortals` are killed: a process that is followed from end to end must not be. */
export function drawFault(rng: Rng, names: readonly string[], mortals: readonly string[]): Fault {
  const [kind = "loss"] = sample(rng, FAULT_KINDS, 1);
  const some = (of: readonly string[], most: number) =>
    sample(rng, of, 1 + Math.floor(rng.next() * Math.max(1, most)));
  switch (kind) {
    case "kill":
      return { kind, nodes: some(mortals, VICTIMS_MAX) };
    case "freeze":
      return { kind, nodes: some(names, VICTIMS_MAX) };
    case "partition":
      return { kind, nodes: some(names, Math.floor(names.length / 2)) };
    case "loss":
      return { kind, share: chance(rng, 0.5) ? 0.1 : 0.3 };
  }
}

/** Does it, waits, and takes it back. What was killed is started again. */
export async function inflict(
  cluster: LocalCluster,
  fault: Fault,
  wait: (ms: Millis) => Promise<void>,
  forMs: Millis,
): Promise<void> {
  switch (fault.kind) {
    case "kill":
      await cluster.end(fault.nodes, "kill");
      await wait(forMs);
      for (const node of fault.nodes) await cluster.startOne(node);
      return;
    case "freeze":
      await cluster.pause(fault.nodes);
      await wait(forMs);
      return cluster.resume(fault.nodes);
    case "partition": {
      const others = cluster.names.filter((name) => !fault.nodes.includes(name));
      await cluster.breakLinks(bothWays(CUT, fault.nodes, others));
      await wait(forMs);
      return cluster.healLinks();
    }
    case "loss":
      await cluster.breakLinks([{ from: "*", to: "*", drop: fault.share }]);
      await wait(forMs);
      return cluster.healLinks();
  }
}
