import { describe, expect, test } from "vitest";
import type { AccusationReason } from "../../../src/core/member.ts";
import { accusation, CONFIG, names, startIdOf, T, verdict } from "../builders.ts";
import { ackingAndNacking, DrivenNode } from "../driven-node.ts";
import { Wired } from "./wired-node.ts";

type Wire = "ended" | "reset" | "open" | "never open";

/** A dial is due after the longest pause, and goes with the next ping. */
const NEXT_DIAL_MS = 9.2 * T;

const said = (node: Wired): AccusationReason | undefined => node.own.at(-1)?.event.evidence;

/** A node that accuses b of being frozen for long, so that its spies are rare. */
function besideFrozen(wire: Wire, refusals: boolean): Wired {
  const node = new Wired({ config: { refusals } }, wire !== "never open");
  node.answer("b");
  node.runFrozen(20 * T);
  expect(said(node)).toBe("frozen");
  return node;
}

/** The wire closes as that says, and from then on all dials come to `answer`. */
function change(node: Wired, wire: Wire, answer: "refused" | "silent"): void {
  if (wire === "ended" || wire === "reset") node.close(wire);
  const ms = wire === "ended" || wire === "reset" ? 1.2 * T : NEXT_DIAL_MS;
  if (answer === "silent") node.run(ms + T);
  else node.runDials(answer, ms);
}

describe("a frozen process that ends", () => {
  test.each([
    ["ended", true, "crashed"],
    ["ended", false, "crashed"],
    ["reset", true, "refused"],
    ["reset", false, "silence"],
    ["never open", true, "refused"],
    ["never open", false, "silence"],
  ] as const)(
    "whose wire is %s (refusals %s), and whose port refuses connects: %s",
    (wire, refusals, evidence) => {
      const node = besideFrozen(wire, refusals);
      change(node, wire, "refused");
      expect(said(node)).toBe(evidence);
    },
  );

  test.each(["ended", "reset"] as const)("is asked at once when its wire is %s", (wire) => {
    const node = besideFrozen(wire, false);
    const { now } = node;
    node.close(wire);
    node.run(0);
    expect(node.dials(now)).toHaveLength(1);
  });

  test.each(["crashed", "refused", "unreachable", "silence"] as const)(
    "is asked at once when another observer finds it %s, and not when that finds it frozen, too",
    (evidence) => {
      for (const [word, dials] of [
        ["frozen", 0],
        [evidence, 1],
      ] as const) {
        const node = besideFrozen("never open", false);
        const { now } = node;
        const update = accusation(node.peer("b"), "c", { evidence: word });
        node.gossip("c", update);
        node.run(0);
        expect(node.dials(now)).toHaveLength(dials);
      }
    },
  );

  test("is dead after the grace of silence where nothing but refused connects tells of it", () => {
    const node = besideFrozen("never open", false);
    for (const accuser of ["c", "d"]) {
      const update = accusation(node.peer("b"), accuser);
      node.gossip("c", update);
    }
    for (let i = 0; i < 10 * T && said(node) === "frozen"; i += 10) node.runDials("refused", 10);
    expect(node.state("b")).toBe("suspect");
    node.runDials("refused", CONFIG.graceMs + 10);
    expect(node.state("b")).toBe("dead");
  });
});

test.each(["open", "reset", "never open"] as const)(
  "a frozen process whose host is lost is unreachable at the latest after the longest pause and a look (wire %s)",
  (wire) => {
    const node = besideFrozen(wire, true);
    change(node, wire, "silent");
    expect(said(node)).toBe("unreachable");
  },
);

test("a last connect that a dying process's kernel answers does not make it frozen", () => {
  const node = new Wired({ config: { refusals: false } });
  node.answer("b");
  node.close("reset");
  node.run(0);
  node.answerDial("answered");
  node.runDials("refused", 4 * T);
  expect(said(node)).toBe("silence");
});

test("a connect goes with each urgent ping, whatever a dying kernel answered the first", () => {
  const node = new Wired({ config: { refusals: false } });
  node.answer("b");
  const { now } = node;
  node.close("ended");
  node.run(0);
  node.answerDial("answered");
  node.run(5);
  node.answerDial("refused");
  expect(node.dials(now).map(({ at }) => at - now)).toEqual([0, 5]);
  expect(said(node)).toBe("crashed");
});

test("what a proxy answered for a process that ended counts until the port refuses", () => {
  const node = new Wired({ config: { refusals: false } });
  node.answer("b");
  node.close("reset");
  node.runFrozen(4 * T);
  expect(said(node)).toBe("frozen");
  node.runDials("refused", 6 * T);
  expect(said(node)).toBe("silence");
});

test.each([true, false])(
  "while the wire is open a refused connect changes nothing: the process exists (refusals %s)",
  (refusals) => {
    const node = besideFrozen("open", refusals);
    node.runDials("refused", NEXT_DIAL_MS);
    expect(said(node)).toBe("frozen");
    expect(node.asked.some(({ effect }) => effect.kind === "poke")).toBe(true);
  },
);

test.each([
  ["ended", true, "crashed"],
  ["reset", true, "refused"],
  ["never open", true, "refused"],
  ["ended", false, "silence"],
  ["reset", false, "silence"],
  ["never open", false, "silence"],
] as const)(
  "without spies a process that ends with its wire %s is known by its refusals (%s): %s",
  (wire, refusals, evidence) => {
    const config = { refusals, spies: false };
    const node = new Wired({ config }, wire !== "never open");
    node.answer("b");
    if (wire !== "never open") node.close(wire);
    while (said(node) === undefined) node.refuse("b", node.nextPing());
    expect(said(node)).toBe(evidence);
    expect(node.dials()).toEqual([]);
  },
);

describe("a process that lives is not taken for one that ended", () => {
  test.each([
    [true, "refused"],
    [false, "silence"],
  ] as const)(
    "by a wire that a middlebox ended before its last answer (refusals %s): %s",
    (refusals, evidence) => {
      const node = new Wired({ config: { refusals } });
      node.close("ended");
      node.run(3 * T);
      node.answer("b");
      node.runDials("refused", 4 * T);
      expect(said(node)).toBe(evidence);
    },
  );

  test.each([true, false])(
    "by connects that a filter for TCP refuses: its port was never seen to answer (refusals %s)",
    (refusals) => {
      const node = new Wired({ config: { refusals } }, false);
      node.answer("b");
      node.runDials("refused", 4 * T);
      expect(node.dials().length).toBeGreaterThanOrEqual(2);
      expect(node.own.map(({ event }) => event.evidence)).toEqual(["silence"]);
    },
  );

  test("nor suspect, where a filter refuses before it can answer and there are no wires", () => {
    const node = new Wired({ config: { wires: false } }, false);
    const until = node.now + 3 * T;
    while (node.now < until) {
      const before = node.dials().length;
      node.run(0.25);
      for (const { seq } of node.dials().slice(before)) node.answerDial("refused", seq);
    }
    expect(node.dials().length).toBeGreaterThan(3);
    expect(node.own).toEqual([]);
  });

  test("on the word of others, which a refused connect confirms only where its port is known", () => {
    for (const isOpen of [true, false]) {
      const node = new Wired({}, isOpen);
      const { now } = node;
      node.gossip("c", verdict(node.peer("b"), "dead", "c"));
      node.answerDial("refused");
      expect(node.dials(now)).toHaveLength(1);
      node.run(2);
      expect(node.state("b")).toBe(isOpen ? "dead" : "alive");
    }
  });

  test.each([
    [true, "dead"],
    [false, "alive"],
  ] as const)(
    "and of one that is not observed, only where the ports of most subjects are known (%s): %s",
    (isKnown, state) => {
      const node = new DrivenNode({ config: { wires: true, spies: true } });
      node.meet(names(40), ackingAndNacking);
      node.run(2 * T);
      const isObserved = (name: string) => node.explain(name)?.observed;
      for (const member of names(40).filter(isObserved)) {
        if (isKnown) node.step({ kind: "wire-opened", member, startId: startIdOf(member) });
      }
      const [member = "", by = ""] = names(40).filter((name) => !isObserved(name));
      node.gossip(by, verdict(node.peer(member), "dead", by));
      const dial = node.asked.map(({ effect }) => effect).findLast(({ kind }) => kind === "dial");
      const seq = dial?.kind === "dial" ? dial.seq : 0;
      node.step({ kind: "dialled", member, seq, answer: "refused" });
      node.run(2);
      expect(node.state(member)).toBe(state);
    },
  );
});
