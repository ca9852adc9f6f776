import { T } from "../builders.ts";
import { acking, DrivenNode } from "../driven-node.ts";

/** A node that has known b and c for so long that it owes them nothing. */
export function settled(): DrivenNode {
  const node = new DrivenNode({ knows: ["b", "c"], reply: acking });
  node.run(60 * T);
  return node;
}
