import { describe, expect, test } from "vitest";
import { startIdOf, T, verdict } from "../builders.ts";
import { acking } from "../driven-node.ts";
import { Wired } from "./wired-node.ts";

/** A node that sees the wire of that member end, and hears nothing from it. */
function seeingTheEndOf(member: string): Wired {
  const node = new Wired();
  node.answer(member);
  node.step({ kind: "wire-opened", member, startId: startIdOf(member) });
  node.step({ kind: "wire-closed", member, startId: startIdOf(member), how: "ended" });
  return node;
}

/** When it pings that member, counted from now. */
function pingsOf(node: Wired, member: string, forMs: number): number[] {
  const { now } = node;
  node.run(forMs);
  return node.sentOf("ping", member, now).map(({ at }) => at - now);
}

/** Whom it sent an accusation straight since then, in alphabetical order. */
function accusedTo(node: Wired, since: number): (string | undefined)[] {
  return node
    .sentOf("gossip", undefined, since)
    .filter(({ message }) => message.updates.some(({ kind }) => kind === "accusation"))
    .map(({ to }) => to.member)
    .sort();
}

describe("when a wire ends", () => {
  test("one observer looks at once, the next after 5 ms, all others after 50", () => {
    expect(pingsOf(seeingTheEndOf("b"), "b", 60).slice(0, 4)).toEqual([0, 5, 20, 50]);
    expect(pingsOf(seeingTheEndOf("c"), "c", 40).slice(0, 3)).toEqual([5, 10, 25]);
    expect(pingsOf(seeingTheEndOf("d"), "d", 80).slice(0, 3)).toEqual([50, 55, 70]);
  });

  test("the others do not look at all where the death is declared before", () => {
    const node = seeingTheEndOf("d");
    node.run(20);
    node.gossip("b", verdict(node.peer("d"), "dead", "b", { cause: "crash" }));
    expect(node.state("d")).toBe("dead");
    expect(pingsOf(node, "d", 200)).toEqual([]);
    const dialled = node.asked.flatMap(({ effect }) =>
      effect.kind === "dial" ? effect.member : [],
    );
    expect(dialled).not.toContain("d");
  });

  test("the first to look tell each other, and the member, alone", () => {
    const node = seeingTheEndOf("b");
    node.run(0);
    const { now } = node;
    node.refuse("b");
    expect(node.own.map(({ event }) => event.evidence)).toEqual(["crashed"]);
    expect(accusedTo(node, now)).toEqual(["b", "d"]);
  });

  test("who looks later tells all observers: the first may be gone as well", () => {
    const node = new Wired();
    node.meet(["e", "f"], acking);
    node.step({ kind: "wire-opened", member: "e", startId: startIdOf("e") });
    node.run(T);
    node.answer("e");
    node.step({ kind: "wire-closed", member: "e", startId: startIdOf("e"), how: "ended" });
    node.run(49);
    expect(node.own).toEqual([]);
    node.run(1);
    const { now } = node;
    node.refuse("e");
    expect(accusedTo(node, now)).toEqual(["b", "c", "d", "e", "f"]);
  });
});

describe("a death that others declare", () => {
  test("is believed at once by a node that saw the wire of that run end", () => {
    const node = seeingTheEndOf("b");
    node.gossip("c", verdict(node.peer("b"), "dead", "c", { cause: "crash" }));
    expect(node.state("b")).toBe("dead");
  });

  test("is checked where the member answered a ping since, or the wire was reset", () => {
    const answered = new Wired();
    answered.close("ended");
    answered.answer("b", acking);
    answered.run(60);
    const reset = new Wired();
    reset.answer("b");
    reset.close("reset");
    for (const node of [answered, reset]) {
      node.gossip("c", verdict(node.peer("b"), "dead", "c", { cause: "crash" }));
      expect(node.state("b")).toBe("alive");
    }
  });
});

test("who is asked to ping a subject for another looks for itself as well", () => {
  const node = new Wired();
  node.answer("b");
  const { now } = node;
  const { endpoint } = node.peer("b");
  node.hear("c", { kind: "ping-req", seq: 7, target: "b", endpoint, nackAfterMs: 150 });
  node.run(120);
  expect(node.pings(now)).toEqual([0, 0, 50, 100]);
});
