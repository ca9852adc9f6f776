import { accusation, CONFIG } from "../builders.ts";
import { acking, ackingAndNacking, DrivenNode, type DrivenNodeOptions } from "../driven-node.ts";

/** How long a node asks a member whose death it is told of: three pings, half a round wait apart. */
export const DEATH_CHECK_MS = 1.5 * CONFIG.roundWaitMs;

export const OTHERS = ["c", "d", "e"];

/** A node that knows b, which is silent from time 0, and others that ack and nack. */
export function besideSilentB(options: DrivenNodeOptions = {}, others = OTHERS): DrivenNode {
  const node = new DrivenNode({ knows: ["b", ...others], reply: ackingAndNacking, ...options });
  node.answer("b");
  return node;
}

/** The same, at the moment when the node accuses b itself, behind these of the others. */
export function accuserBeside(accusers: readonly string[], others = OTHERS): DrivenNode {
  const node = besideSilentB({}, others);
  while (!accusersOf(node)?.includes("self")) node.run(1);
  accuse(node, accusers);
  return node;
}

/** As `besideSilentB`, but the others reach b, so that the node never accuses it itself; these of them do. */
export function bystander(accusers: readonly string[] = [], others = OTHERS): DrivenNode {
  const node = new DrivenNode();
  const { startId, incarnation } = node.peer("b");
  node.meet(["b", ...others], (body) => {
    if (body.kind !== "ping-req") return acking(body);
    const { seq, target } = body;
    const vouched = { kind: "relayed-ack", seq, target, startId, incarnation } as const;
    return { body: vouched, afterMs: 2 };
  });
  node.answer("b");
  accuse(node, accusers);
  return node;
}

export function accuse(node: DrivenNode, accusers: readonly string[]): void {
  for (const accuser of accusers) node.gossip(accuser, accusation(node.peer("b"), accuser));
}

export function deathOf(node: DrivenNode, member: string) {
  return node
    .eventsOf("member-changed")
    .find(({ event }) => event.member === member && event.to === "dead");
}

export const suspicionOf = (node: DrivenNode) => node.explain("b")?.suspicion;
export const accusersOf = (node: DrivenNode) =>
  suspicionOf(node)?.accusations.map((one) => one.accuser);

/** The hosts of these subjects refuse every ping, until each did so twice in a row, or for that long. */
export function refuseEach(node: DrivenNode, subjects: readonly string[], forMs?: number): void {
  const end = node.now + (forMs ?? Number.POSITIVE_INFINITY);
  const refusals = new Map(subjects.map((name) => [name, { seq: -1, count: 0 }]));
  const isDone = () =>
    forMs === undefined && [...refusals.values()].every(({ count }) => count > 1);
  while (node.now < end && !isDone()) {
    node.run(1);
    for (const [name, last] of refusals) {
      const seq = node.lastPing(name);
      if (seq === 0 || seq === last.seq) continue;
      node.refuse(name);
      refusals.set(name, { seq, count: last.count + 1 });
    }
  }
}
