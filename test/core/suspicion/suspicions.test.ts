import { describe, expect, test } from "vitest";
import { accusation, CONFIG, names, T } from "../builders.ts";
import { acking, DrivenNode } from "../driven-node.ts";
import {
  accuse,
  accuserBeside,
  accusersOf,
  besideSilentB,
  bystander,
  deathOf,
  OTHERS,
  refuseEach,
  suspicionOf,
} from "./silent-subject.ts";

test("an accusation makes the member suspect, on the word of the accuser", () => {
  const node = besideSilentB();
  accuse(node, ["c"]);
  const changed = node.eventsOf("member-changed").at(-1)?.event;
  expect(changed).toMatchObject({ member: "b", from: "alive", to: "suspect", by: "c" });
});

describe("what comes after a quorum is counted, and passed on by its accuser alone", () => {
  const passedOn = (node: DrivenNode): unknown[] =>
    node
      .sentOf("gossip")
      .flatMap(({ message }) => message.updates)
      .flatMap((update) => (update.kind === "accusation" ? update.accuser : []));

  test("a third accuser where two of four are the quorum", () => {
    const node = bystander(["c", "d"]);
    node.run(T / 8);
    accuse(node, ["e"]);
    node.run(T);
    expect(accusersOf(node)).toEqual(["c", "d", "e"]);
    expect(new Set(passedOn(node))).toEqual(new Set(["c", "d"]));
  });

  test("not a refusal behind a quorum of the silent: it makes the death an earlier one", () => {
    const node = bystander(["c", "d"]);
    node.run(T / 8);
    node.gossip("e", { ...accusation(node.peer("b"), "e"), evidence: "refused" });
    node.run(T);
    expect(passedOn(node)).toContain("e");
  });

  test("not this node's own", () => {
    const node = besideSilentB();
    accuse(node, ["c", "d"]);
    node.run(5 * T);
    expect(accusersOf(node)).toContain("self");
    expect(passedOn(node)).toContain("self");
  });
});

describe("with a quorum of its live observers a suspect is dead", () => {
  test("a grace after the quorum stands, by an accuser", () => {
    const node = besideSilentB();
    accuse(node, ["c"]);
    while (!accusersOf(node)?.includes("self")) node.run(1);
    const { now } = node;
    node.run(5 * T);
    expect((deathOf(node, "b")?.at ?? 0) - now).toBeCloseTo(2000, -1);
    expect(deathOf(node, "b")?.event.by).toBe("self");
  });

  test("never by a node that does not accuse it, which waits for the verdict of one that does", () => {
    const node = bystander(["c", "d"]);
    node.run(100 * T);
    expect(node.state("b")).toBe("suspect");
    expect(suspicionOf(node)).toMatchObject({ deadInMs: null });
    node.learnDeath("b", "c");
    expect(node.state("b")).toBe("dead");
  });

  test("not with one accuser: two of four live observers are the quorum", () => {
    const node = bystander(["c"]);
    node.run(T);
    expect(suspicionOf(node)).toMatchObject({ quorum: 2, quorumForMs: null });
  });

  test("of two members the one's word is enough, though it hears nobody", () => {
    const node = besideSilentB({}, []);
    node.run(10 * T);
    const accusedAt = node.eventsOf("accused")[0]?.at ?? 0;
    expect((deathOf(node, "b")?.at ?? 0) - accusedAt).toBeCloseTo(2000, -1);
  });
});

test("observers that fall silent or suspect no longer count, so that the quorum shrinks to the living", () => {
  const others = ["c", "d", "e", "f", "g", "h", "i"];
  const node = bystander(["c", "d"], others);
  node.run(0.5 * T);
  expect(suspicionOf(node)).toMatchObject({ quorum: 4, quorumForMs: null });
  for (const name of ["e", "f", "g", "h"]) node.answer(name);
  node.gossip("c", accusation(node.peer("i"), "c"));
  node.run(2 * T);
  expect(suspicionOf(node)?.quorum).toBe(2);
  expect(suspicionOf(node)?.quorumForMs).toBeGreaterThan(0);
});

test("an accuser that is dead itself no longer counts", () => {
  const node = bystander(["c", "d"]);
  node.run(T);
  expect(suspicionOf(node)?.quorumForMs).toBeGreaterThan(0);
  node.learnDeath("d", "e");
  node.run(T / 8);
  expect(suspicionOf(node)?.quorumForMs).toBeNull();
});

test("who comes to observe the subject later does not unmake a quorum, but may accuse", () => {
  const node = bystander(["c", "d"]);
  node.run(T);
  expect(suspicionOf(node)).toMatchObject({ quorum: 2 });
  node.meet(["f", "g", "h", "i", "j"], acking);
  node.run(T);
  expect(suspicionOf(node)?.quorum).toBe(2);
  expect(suspicionOf(node)?.quorumForMs).toBeGreaterThan(T);
  accuse(node, ["f"]);
  expect(accusersOf(node)).toEqual(["c", "d", "f"]);
});

test("a quorum that is lost and found begins its grace anew", () => {
  const node = accuserBeside(["d"]);
  node.run(1.5 * T);
  node.learnDeath("d", "e");
  node.run(T / 8);
  accuse(node, ["e"]);
  node.run(1.9 * T);
  expect(node.state("b")).toBe("suspect");
  node.run(0.2 * T);
  expect(node.state("b")).toBe("dead");
});

describe("without a quorum Lifeguard's timer decides", () => {
  test("after 24 units for one accuser among five", () => {
    const node = accuserBeside([]);
    node.run(30 * T);
    const accusedAt = node.eventsOf("accused")[0]?.at ?? 0;
    const tookMs = (deathOf(node, "b")?.at ?? 0) - accusedAt;
    expect(tookMs).toBeGreaterThanOrEqual(24_000);
    expect(tookMs).toBeLessThanOrEqual(24_000 + T / 8);
  });

  test("sooner with a second accuser, if three are the quorum", () => {
    const node = accuserBeside(["c"], ["c", "d", "e", "f", "g"]);
    const { now } = node;
    node.run(30 * T);
    const expected = 24_000 - (20_000 * Math.log(2)) / Math.log(3);
    const tookMs = (deathOf(node, "b")?.at ?? 0) - now;
    expect(tookMs).toBeGreaterThanOrEqual(expected);
    expect(tookMs).toBeLessThanOrEqual(expected + T / 8);
  });
});

test("nobody is declared dead by a node that heard nothing at all for a period", () => {
  const node = accuserBeside(["c"]);
  node.run(0.4 * T);
  for (const name of OTHERS) node.answer(name);
  node.gossip("e");
  node.run(1.85 * T);
  expect(node.snapshot.isolated).toBe(false);
  expect(node.state("b")).toBe("suspect");
  node.gossip("e");
  node.run(T / 8);
  expect(node.state("b")).toBe("dead");
});

test("one refused observer alone kills nobody while others live to look", () => {
  const node = besideSilentB();
  refuseUntilAccused(node);
  node.run(1.2 * T);
  expect(node.state("b")).toBe("suspect");
});

test("two refused observers make a death a refusal grace later, though nobody was heard for a period", () => {
  const node = new DrivenNode({ knows: ["b", "c", "d"] });
  node.gossip("c", accusation(node.peer("b"), "c", { evidence: "refused" }));
  node.run(1.05 * T);
  refuseUntilAccused(node);
  const { now } = node;
  node.run(500);
  expect((deathOf(node, "b")?.at ?? 0) - now).toBe(100);
});

test("one refused observer is enough where no other observer lives", () => {
  const node = new DrivenNode({ knows: ["b", "c"] });
  node.gossip("b", accusation(node.peer("c"), "b"));
  refuseUntilAccused(node);
  const { now } = node;
  node.run(500);
  expect((deathOf(node, "b")?.at ?? 0) - now).toBe(100);
});

test("one refused observer is enough where every other observer's host refuses, too", () => {
  const node = new DrivenNode({ knows: ["b", "c"] });
  refuseEach(node, ["b", "c"]);
  node.run(CONFIG.refusalGraceMs);
  expect(node.state("b")).toBe("dead");
});

test("no death rests on this node's refusals alone while half of its subjects, at least three, refuse", () => {
  const node = new DrivenNode({ knows: ["b", "c", "d"] });
  refuseEach(node, ["b", "c", "d"], 20 * T);
  for (const name of ["b", "c", "d"]) expect(node.state(name)).toBe("suspect");
});

test("nor where they refused and were heard after all: a filter refuses for them", () => {
  const stateOfB = (contradicted: readonly string[]): unknown => {
    const node = new DrivenNode({ knows: ["b", "c", "d"] });
    refuseEach(node, contradicted);
    for (const name of ["c", "d"]) {
      node.gossip(name);
      node.gossip("b", accusation(node.peer(name), "b"));
    }
    refuseUntilAccused(node);
    node.run(2 * CONFIG.refusalGraceMs);
    return node.state("b");
  };
  expect(stateOfB(["c", "d"])).toBe("suspect");
  expect(stateOfB([])).toBe("dead");
});

test("an isolated node declares nobody, though their hosts refused before they fell silent", () => {
  const node = new DrivenNode({ knows: ["b", "c", "d"] });
  refuseEach(node, ["b", "c", "d"]);
  node.run(60 * T);
  expect(node.snapshot.isolated).toBe(true);
  for (const name of ["b", "c", "d"]) expect(node.state(name)).toBe("suspect");
});

test("a second node that is refused makes the death certain, however many refuse this one", () => {
  const node = new DrivenNode({ knows: ["b", "c", "d", "e", "f"] });
  refuseEach(node, ["b", "c", "d"]);
  node.gossip("f", accusation(node.peer("b"), "f", { evidence: "refused" }));
  node.run(CONFIG.refusalGraceMs);
  expect(node.state("b")).toBe("dead");
  expect(node.state("c")).toBe("suspect");
});

test("a suspect that this node hears may speak, and a lone refusal kills nobody without its word", () => {
  const node = new DrivenNode({ knows: ["b", "c"] });
  node.answer("c", acking);
  node.gossip("b", accusation(node.peer("c"), "b"));
  node.gossip("c");
  expect(node.state("c")).toBe("suspect");
  refuseUntilAccused(node);
  node.run(1.2 * T);
  expect(node.state("b")).toBe("suspect");
});

test("what this node accused a member of is passed on no more once it hears the member", () => {
  const toldOthers = (isHeard: boolean): boolean => {
    const node = besideSilentB();
    while (!accusersOf(node)?.includes("self")) node.run(1);
    if (isHeard) node.gossip("b");
    const { now } = node;
    node.run(T);
    return node.sent.some(
      ({ at, to, message }) =>
        at > now &&
        to.member !== "b" &&
        message.updates.some((one) => one.kind === "accusation" && one.accuser === "self"),
    );
  };
  expect(toldOthers(false)).toBe(true);
  expect(toldOthers(true)).toBe(false);
});

test("a node that was not refused itself leaves the refused to declare", () => {
  const node = bystander();
  for (const accuser of ["c", "d"]) {
    node.gossip(accuser, accusation(node.peer("b"), accuser, { evidence: "refused" }));
  }
  node.run(5.9 * T);
  expect(node.state("b")).toBe("suspect");
});

test("where more than twelve are watched by rings, half of the live observers is the quorum", () => {
  const others = names(30);
  const node = new DrivenNode({ knows: ["b", ...others], reply: acking });
  accuse(node, ["m00"]);
  node.run(100);
  const live = node.explain("b")?.observers.length ?? 0;
  expect(suspicionOf(node)?.quorum).toBe(Math.ceil(live / 2));
});

function refuseUntilAccused(node: DrivenNode): void {
  while (!accusersOf(node)?.includes("self")) node.refuse("b", node.nextPing());
}
