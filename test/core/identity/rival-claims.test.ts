import { describe, expect, test } from "vitest";
import { belief, CONFIG, endpointOf, record, startIdOf } from "../builders.ts";
import { acking, DrivenNode, type Reply } from "../driven-node.ts";

const HOLDER = record("b", { incarnation: 5 });
const NEW_ADDRESS = endpointOf("elsewhere");
const NEWCOMER = record("b", {
  incarnation: 6,
  startId: startIdOf("b", 2),
  endpoint: NEW_ADDRESS,
});

/** A node that knows b at its old address, with that reply from there. */
function knowing(reply?: Reply): DrivenNode {
  const node = new DrivenNode();
  node.become(HOLDER);
  node.meet(["c"], acking);
  node.meet(["b"], reply);
  return node;
}

function claim(node: DrivenNode, newcomer = NEWCOMER) {
  return node.gossip("c", belief(newcomer));
}

function recordOfB(node: DrivenNode) {
  return node.explain("b")?.record;
}

describe("the claim on a living member's name from another address", () => {
  test("is parked while the old address is asked", () => {
    const node = knowing();
    claim(node);
    expect(recordOfB(node)).toEqual(HOLDER);
    node.run(1);
    expect(node.sentOf("ping", "b").map(({ to }) => to.endpoint)).toContainEqual(HOLDER.endpoint);
  });

  test("is parked for a suspect, too", () => {
    const node = knowing();
    node.gossip("c", belief(HOLDER, "suspect", { by: "c" }));
    node.run(1600);
    node.gossip("c", belief(HOLDER, "suspect", { by: "c" }));
    expect(node.state("b")).toBe("suspect");
    claim(node);
    expect(recordOfB(node)).toEqual(HOLDER);
  });

  test("that was rejected is asked about again once its owner renewed it: the holder may have ended", () => {
    const node = knowing(acking);
    claim(node);
    node.run(10);
    expect(node.eventsOf("newcomer-rejected")).toHaveLength(1);
    node.answer("b");
    claim(node);
    node.run(1000);
    expect(recordOfB(node)).toEqual(HOLDER);
    claim(node, { ...NEWCOMER, incarnation: 7 });
    node.run(1000);
    expect(recordOfB(node)).toMatchObject({ startId: NEWCOMER.startId, incarnation: 7 });
  });

  test("is rejected by an ack of the old start, and the newcomer is told who holds the name", () => {
    const node = knowing(acking);
    claim(node);
    node.run(10);
    expect(node.eventsOf("newcomer-rejected")).toMatchObject([
      { event: { member: "b", holder: HOLDER.endpoint, newcomer: NEW_ADDRESS } },
    ]);
    const [conflict] = node.sentOf("conflict");
    expect(conflict?.to.endpoint).toEqual(NEW_ADDRESS);
    expect(conflict?.message.body).toMatchObject({
      name: "b",
      holder: HOLDER.endpoint,
      holderStartId: HOLDER.startId,
    });
    node.run(3000);
    expect(recordOfB(node)).toEqual(HOLDER);
  });

  test("is a move when three pings stay without an answer", () => {
    const node = knowing();
    claim(node);
    node.run(3 * CONFIG.roundWaitMs - 1);
    expect(recordOfB(node)).toEqual(HOLDER);
    node.run(1);
    expect(recordOfB(node)).toEqual(NEWCOMER);
    expect(node.eventsOf("newcomer-rejected")).toEqual([]);
  });

  test("is no move after a stall of the node itself: the last ping gets the rest of its wait", () => {
    const node = knowing();
    claim(node);
    node.run(2.5 * CONFIG.roundWaitMs);
    node.stall(10_000);
    expect(recordOfB(node)).toEqual(HOLDER);
    node.gossip("b");
    expect(node.eventsOf("newcomer-rejected")).toHaveLength(1);
    node.run(3000);
    expect(recordOfB(node)).toEqual(HOLDER);
  });

  test("needs no waiting where the old host refuses", () => {
    const node = knowing();
    node.run(300);
    claim(node);
    for (let i = 0; i < 6; i++) {
      const seq = node.sentOf("ping", "b").at(-1)?.message.body.seq ?? 0;
      node.step({ kind: "refused", member: "b", seq });
      node.run(1);
    }
    expect(recordOfB(node)).toEqual(NEWCOMER);
  });

  test("once rejected stays so for 10 s, however often gossip brings it", () => {
    const node = knowing(acking);
    claim(node);
    node.run(10);
    for (let i = 0; i < 9; i++) {
      claim(node);
      node.run(1000);
    }
    expect(node.eventsOf("newcomer-rejected")).toHaveLength(1);
    node.run(1500);
    claim(node);
    node.run(10);
    expect(node.eventsOf("newcomer-rejected")).toHaveLength(2);
  });

  test("is no claim where the holder is dead: the name is free", () => {
    const node = knowing();
    node.learnDeath("b", "c");
    claim(node);
    expect(node.explain("b")).toMatchObject({ state: "alive", record: NEWCOMER });
  });

  test("is no claim where the address is the same: the process restarted", () => {
    const node = knowing();
    const restarted = { ...NEWCOMER, endpoint: HOLDER.endpoint };
    claim(node, restarted);
    expect(recordOfB(node)).toEqual(restarted);
  });
});
