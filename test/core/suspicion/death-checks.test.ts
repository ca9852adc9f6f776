import { describe, expect, test } from "vitest";
import type { Effect } from "../../../src/core/effect.ts";
import type { MemberRecord, Update } from "../../../src/core/member.ts";
import { belief, CONFIG, endpointOf, names, startIdOf, T, verdict } from "../builders.ts";
import { acking, DrivenNode } from "../driven-node.ts";
import { bodiesIn, eventsIn, toldTo } from "../outcome.ts";
import {
  accusersOf,
  besideSilentB,
  bystander,
  DEATH_CHECK_MS,
  deathOf,
  refuseEach,
} from "./silent-subject.ts";

const GOSSIP = { kind: "gossip" } as const;

/** A node that heard b just now, which is silent from now on, and others that ack. */
function knowingB(others: readonly string[] = ["c", "d"]): DrivenNode {
  const node = new DrivenNode({ knows: ["b"] });
  node.meet(others, acking);
  return node;
}

function told(node: DrivenNode, ...updates: Update[]) {
  return node.gossip("c", ...updates);
}

function deathOfB(node: DrivenNode) {
  return verdict(node.peer("b"), "dead", "judge");
}

/** The pings that asked b whether it lives: those that told it that it is held dead. */
function asksOf(node: DrivenNode) {
  return node
    .sentOf("ping", "b")
    .filter(({ message }) => message.updates.some(({ kind }) => kind === "verdict"));
}

const contradictions = (node: DrivenNode) =>
  node.eventsOf("death-contradicted").map(({ event }) => event);

describe("a death told by others is believed at once", () => {
  test("by a node that accuses the member itself", () => {
    const node = besideSilentB();
    while (!accusersOf(node)?.includes("self")) node.run(1);
    const effects = told(node, deathOfB(node));
    expect(node.state("b")).toBe("dead");
    expect(eventsIn(effects, "member-changed")[0]?.by).toBe("judge");
  });

  test("by a node that held the member suspect for half a grace, and not before", () => {
    for (const [spanMs, state] of [
      [CONFIG.graceMs / 2 - 1, "suspect"],
      [CONFIG.graceMs / 2, "dead"],
    ] as const) {
      const node = bystander(["c"]);
      node.run(spanMs);
      told(node, deathOfB(node));
      expect(node.state("b")).toBe(state);
    }
  });

  test("not by a node that heard the suspect meanwhile, however long the suspicion stood", () => {
    const node = bystander(["c"]);
    node.run(CONFIG.graceMs / 2);
    node.gossip("b");
    told(node, deathOfB(node));
    expect(node.state("b")).toBe("suspect");
    expect(asksOf(node)).toHaveLength(1);
  });

  test("of a member that left: only the living are asked", () => {
    const node = knowingB();
    told(node, verdict(node.peer("b"), "left", "b"));
    const effects = told(node, deathOfB(node));
    expect(node.state("b")).toBe("left");
    expect(bodiesIn(effects, "ping", "b")).toEqual([]);
  });
});

describe("a member whose death is told is asked first:", () => {
  test("it is told of its death with a ping, so that it can refute", () => {
    const node = knowingB();
    const death = deathOfB(node);
    const effects = told(node, death);
    expect(bodiesIn(effects, "ping", "b")).toMatchObject([{ target: "b" }]);
    expect(toldTo("b", effects)).toContainEqual(death);
    expect(node.state("b")).toBe("alive");
  });

  test("silence confirms the death after three pings, half a round wait apart", () => {
    const node = knowingB();
    node.run(0.5 * T);
    const { now } = node;
    told(node, deathOfB(node));
    node.run(DEATH_CHECK_MS - 1);
    expect(asksOf(node).map(({ at }) => at - now)).toEqual([0, 100, 200]);
    expect(node.state("b")).toBe("alive");
    node.run(1);
    expect(deathOf(node, "b")).toMatchObject({ at: now + 300, event: { by: "judge" } });
    node.run(0.2 * T);
    expect(asksOf(node)).toHaveLength(3);
    expect(contradictions(node)).toEqual([]);
  });

  test("an answer contradicts the death, and the teller is named", () => {
    const node = knowingB();
    node.answer("b", acking);
    told(node, deathOfB(node));
    node.run(2 * T);
    expect(contradictions(node)).toEqual([
      { kind: "death-contradicted", member: "b", by: "judge" },
    ]);
    expect(node.state("b")).toBe("alive");
    expect(deathOf(node, "b")).toBeUndefined();
  });

  test("any datagram of that start contradicts, a replay does not", () => {
    const node = knowingB();
    told(node, deathOfB(node));
    node.hear("b", GOSSIP, { header: { counter: 1 } });
    expect(contradictions(node)).toEqual([]);
    node.gossip("b");
    expect(contradictions(node)).toHaveLength(1);
    node.run(T);
    expect(node.state("b")).toBe("alive");
  });

  test("a death that is contradicted is not passed on, one that is confirmed is", () => {
    const toldOthers = (answers: boolean): boolean => {
      const node = knowingB();
      if (answers) node.answer("b", acking);
      const death = deathOfB(node);
      told(node, death);
      node.run(T);
      return toldTo("d", sendsOf(node)).some((update) => isSame(update, death));
    };
    expect(toldOthers(true)).toBe(false);
    expect(toldOthers(false)).toBe(true);
  });

  test("the same death heard again meanwhile begins no check anew", () => {
    const node = knowingB();
    for (const by of ["c", "d", "c"]) {
      node.gossip(by, deathOfB(node));
      node.run(100);
    }
    expect(node.state("b")).toBe("dead");
    expect(asksOf(node)).toHaveLength(3);
  });

  test("a newer incarnation voids the check", () => {
    const node = knowingB();
    told(node, deathOfB(node));
    told(node, belief({ ...node.peer("b"), incarnation: 2 }));
    node.run(DEATH_CHECK_MS);
    expect(node.explain("b")).toMatchObject({ state: "alive", record: { incarnation: 2 } });
  });

  test("a span in which the process did not run is not silence of the member", () => {
    const node = knowingB();
    told(node, deathOfB(node));
    node.run(250);
    node.now += 100;
    node.step({ kind: "wakeup", stalledMs: 80 });
    node.run(DEATH_CHECK_MS + 80 - 350 - 1);
    expect(node.state("b")).toBe("alive");
    node.run(1);
    expect(node.state("b")).toBe("dead");
  });

  test.each([
    ["alive", acking],
    ["dead", undefined],
  ])("a death told by sync is checked the same way: %s", (state, reply) => {
    const node = knowingB();
    node.answer("b", reply);
    const death = belief(node.peer("b"), "dead", { by: "judge" });
    node.hear("c", { kind: "sync-push" }, { updates: [death] });
    expect(node.state("b")).toBe("alive");
    node.run(DEATH_CHECK_MS);
    expect(node.state("b")).toBe(state);
  });
});

describe("a refusal by the host of the member that is asked", () => {
  test("confirms the death at once", () => {
    const node = knowingB();
    told(node, deathOfB(node));
    node.refuse();
    expect(deathOf(node, "b")?.at).toBe(node.now);
  });

  test("of another ping than the check's confirms nothing", () => {
    const node = knowingB();
    told(node, deathOfB(node));
    node.step({ kind: "refused", member: "b", seq: 4711 });
    expect(node.state("b")).toBe("alive");
  });

  test("confirms nothing where refusals are turned off", () => {
    const node = new DrivenNode({ knows: ["b"], config: { refusals: false } });
    node.meet(["c"], acking);
    told(node, deathOfB(node));
    node.refuse();
    expect(node.state("b")).toBe("alive");
  });

  test("confirms nothing while half of the subjects refuse: only silence does then", () => {
    const refusing = ["e", "f", "g"];
    const node = knowingB(["c", "d"]);
    node.meet(refusing);
    refuseEach(node, refusing);
    told(node, deathOfB(node));
    node.refuse();
    expect(node.state("b")).toBe("alive");
    node.run(DEATH_CHECK_MS);
    expect(node.state("b")).toBe("dead");
  });
});

describe("a member whose port was seen to answer", () => {
  /** A node with a wire to b that is open. */
  function wiredToB(): DrivenNode {
    const node = knowingB();
    node.step({ kind: "wire-opened", member: "b", startId: node.peer("b").startId });
    return node;
  }
  const dialsOf = (effects: readonly Effect[]) =>
    effects.flatMap((effect) => (effect.kind === "dial" ? [effect] : []));

  test.each([
    ["not seen", knowingB(), 1],
    ["seen", wiredToB(), 0],
  ])(
    "(%s) is asked by a spy first, and a ping follows half a round wait later",
    (_, node, pings) => {
      const effects = told(node, deathOfB(node));
      expect(dialsOf(effects)).toHaveLength(1);
      expect(bodiesIn(effects, "ping", "b")).toHaveLength(pings);
      node.run(CONFIG.roundWaitMs / 2);
      expect(asksOf(node)).toHaveLength(pings + 1);
    },
  );

  test("is dead when the spy is refused", () => {
    const node = wiredToB();
    node.step({ kind: "wire-closed", member: "b", startId: node.peer("b").startId, how: "ended" });
    const [spy] = dialsOf(told(node, deathOfB(node)));
    node.step({ kind: "dialled", member: "b", seq: spy?.seq ?? 0, answer: "refused" });
    expect(node.state("b")).toBe("dead");
  });

  test("and is heard before a ping brought it the claim is told so that it refutes", () => {
    const node = wiredToB();
    const death = deathOfB(node);
    expect(toldTo("b", told(node, death))).toEqual([]);
    expect(toldTo("b", node.gossip("b"))).toContainEqual(death);
    expect(contradictions(node)).toHaveLength(1);
  });
});

describe("that another start of a member's name has ended", () => {
  /** Somebody who took b's name elsewhere and said goodbye. */
  function impostor(node: DrivenNode): MemberRecord {
    const startId = startIdOf("b", 2);
    return { ...node.peer("b"), startId, incarnation: 9, endpoint: endpointOf("elsewhere") };
  }

  test.each(["left", "forgotten"] as const)("(%s) does not end its living owner", (state) => {
    const node = knowingB();
    node.answer("b", acking);
    const record = node.peer("b");
    told(node, belief(impostor(node), state));
    node.run(T);
    expect(node.explain("b")).toMatchObject({ state: "alive", record });
    expect(contradictions(node)).toHaveLength(1);
  });

  test.each(["left", "forgotten"] as const)(
    "(%s) is believed once the start held is silent",
    (state) => {
      const node = knowingB();
      told(node, belief(impostor(node), state));
      expect(node.state("b")).toBe("alive");
      node.run(DEATH_CHECK_MS);
      expect(node.state("b")).toBe(state === "left" ? "left" : undefined);
    },
  );

  test("is believed at once where it is the start that is held: only the member says goodbye", () => {
    const node = knowingB();
    told(node, belief({ ...node.peer("b"), incarnation: 9 }, "left"));
    expect(node.state("b")).toBe("left");
  });
});

test("a check that was begun in an isolation is put off by one try at most", () => {
  const node = new DrivenNode();
  const others = names(60);
  node.meet(["b", ...others]);
  node.run(3 * T);
  expect(node.snapshot.isolated).toBe(true);
  node.run(60 * T);
  node.gossip("m00", deathOfB(node));
  expect(asksOf(node)).toHaveLength(1);
  for (const name of others.slice(0, 10)) node.gossip(name);
  expect(node.snapshot.isolated).toBe(false);
  node.run(2 * DEATH_CHECK_MS);
  expect(node.state("b")).toBe("dead");
});

test("while the node is isolated, silence confirms no death, and a refusal does", () => {
  const node = new DrivenNode();
  const others = names(60);
  node.meet(["b", ...others]);
  node.run(3 * T);
  expect(node.snapshot.isolated).toBe(true);
  node.gossip("m00", deathOfB(node));
  node.run(5 * DEATH_CHECK_MS);
  expect(node.state("b")).not.toBe("dead");
  node.gossip("m00", deathOfB(node));
  node.refuse();
  expect(node.state("b")).toBe("dead");
});

function sendsOf(node: DrivenNode) {
  return node.sent.map(({ to, message }) => ({ kind: "send", to, message }) as const);
}

function isSame(update: Update, death: Update): boolean {
  return JSON.stringify(update) === JSON.stringify(death);
}
