import { describe, expect, test } from "vitest";
import type { DialAnswer, WireEnd } from "../../../src/core/input.ts";
import type { AccusationReason } from "../../../src/core/member.ts";
import { accusation, endpointOf, startIdOf, T, verdict } from "../builders.ts";
import { ackingAndNacking, DrivenNode } from "../driven-node.ts";

const ZERO = { high: 0, low: 0 };

/** A node with wires and spies that knows b, whose wire is open, and others. */
class Wired extends DrivenNode {
  constructor(config: ConstructorParameters<typeof DrivenNode>[0] = {}) {
    super({ ...config, config: { wires: true, spies: true, ...config.config } });
    this.meet(["b", "c", "d"], ackingAndNacking);
    this.run(2 * T);
    this.open();
  }

  open(): void {
    this.step({ kind: "wire-opened", member: "b", startId: startIdOf("b") });
  }

  close(how: WireEnd, startId = startIdOf("b")): void {
    this.step({ kind: "wire-closed", member: "b", startId, how });
  }

  /** Times of the pings to b since then, counted from there. */
  pings(since: number): number[] {
    return this.sentOf("ping", "b", since).map(({ at }) => at - since);
  }

  lastPing(): number {
    return this.sentOf("ping", "b").at(-1)?.message.body.seq ?? 0;
  }

  refusePing(): void {
    this.step({ kind: "refused", member: "b", seq: this.lastPing() });
  }

  dials(since = 0): { at: number; seq: number }[] {
    return this.asked.flatMap(({ at, effect }) =>
      effect.kind === "dial" && effect.member === "b" && at >= since
        ? [{ at, seq: effect.seq }]
        : [],
    );
  }

  answerDial(answer: DialAnswer, seq = this.dials().at(-1)?.seq ?? 0): void {
    this.step({ kind: "dialled", member: "b", seq, answer });
  }

  /** Runs while b's kernel answers every dial. */
  runFrozen(forMs: number): void {
    const until = this.now + forMs;
    while (this.now < until) {
      const before = this.dials().length;
      this.run(10);
      if (this.dials().length > before) this.answerDial("answered");
    }
  }

  /** Runs until the node accuses b, and returns of what. */
  runToAccusation(): AccusationReason | undefined {
    const own = () => this.own.at(-1)?.event.evidence;
    for (let i = 0; i < 4 * T && own() === undefined; i++) this.run(1);
    return own();
  }

  get own() {
    return this.eventsOf("accused").filter(({ event }) => event.accuser === "self");
  }
}

/** Runs until the node pings b again. */
function runToPing(node: Wired): void {
  const before = node.sentOf("ping", "b").length;
  for (let i = 0; i < 2 * T && node.sentOf("ping", "b").length === before; i++) node.run(1);
}

describe("wires", () => {
  test("one is wanted to each subject, and none to a member that is gone", () => {
    const node = new Wired();
    const wanted = () =>
      node.asked.flatMap(({ effect }) => (effect.kind === "keep-wires" ? [effect.to] : [])).at(-1);
    expect(wanted()?.map(({ member }) => member)).toEqual(["b", "c", "d"]);
    expect(wanted()?.[0]).toEqual({
      member: "b",
      startId: startIdOf("b"),
      endpoint: endpointOf("b"),
    });
    node.learnDeath("b", "c");
    expect(wanted()?.map(({ member }) => member)).toEqual(["c", "d"]);
  });

  test("none is wanted, and no spy sent, by a node that has them off", () => {
    const node = new Wired({ config: { wires: false, spies: false } });
    node.answer("b");
    node.run(4 * T);
    expect(node.state("b")).toBe("suspect");
    expect(node.asked).toEqual([]);
  });

  test("one that closes accuses nobody: it makes the pings happen, at once and after 5, 20 and 50 ms", () => {
    const node = new Wired();
    node.answer("b");
    const { now } = node;
    node.close("ended");
    node.run(60);
    expect(node.pings(now).slice(0, 4)).toEqual([0, 5, 20, 50]);
    expect(node.own).toEqual([]);
    expect(node.state("b")).toBe("alive");
  });

  test("a ping that is answered after the closing ends the matter: a middlebox closed the wire", () => {
    const node = new Wired();
    const { now } = node;
    node.close("reset");
    node.run(60);
    expect(node.pings(now).length).toBeLessThanOrEqual(2);
    expect(node.own).toEqual([]);
  });

  test("an ack of a ping from before the closing does not", () => {
    const node = new Wired();
    node.answer("b");
    runToPing(node);
    const seq = node.lastPing();
    node.close("ended");
    node.run(1);
    const { now } = node;
    node.hear("b", { kind: "ack", seq, digest: ZERO });
    node.run(60);
    expect(node.pings(now).length).toBeGreaterThanOrEqual(3);
  });

  test("of another run of the member, one that closes says nothing", () => {
    const node = new Wired();
    node.answer("b");
    const { now } = node;
    node.close("ended", startIdOf("b", 2));
    node.run(60);
    expect(node.pings(now).length).toBeLessThan(4);
  });
});

describe("a process is gone", () => {
  test("for one that saw its wire end and one refusal: it crashed", () => {
    const node = new Wired();
    node.answer("b");
    node.close("ended");
    node.run(0);
    node.refusePing();
    expect(node.own.map(({ event }) => event.evidence)).toEqual(["crashed"]);
  });

  test("by a refused dial as well, where the kernel's word for datagrams is lost", () => {
    const node = new Wired({ config: { refusals: false } });
    node.answer("b");
    node.close("ended");
    node.run(0);
    node.answerDial("refused");
    expect(node.own.map(({ event }) => event.evidence)).toEqual(["crashed"]);
  });

  test("for one whose wire was reset only after two refusals, and then it is refused, not crashed", () => {
    const node = new Wired();
    node.answer("b");
    node.close("reset");
    node.run(0);
    node.refusePing();
    expect(node.own).toEqual([]);
    node.run(5);
    node.refusePing();
    expect(node.own.map(({ event }) => event.evidence)).toEqual(["refused"]);
  });

  test("for nobody while the wire is open: it is poked, and a reset shows that the refusal is true", () => {
    const node = new Wired();
    node.answer("b");
    runToPing(node);
    node.refusePing();
    node.run(50);
    node.refusePing();
    expect(node.own).toEqual([]);
    expect(node.asked.filter(({ effect }) => effect.kind === "poke")).toHaveLength(1);
  });

  test("at once, when a second observer saw it crash too", () => {
    const node = new Wired();
    node.answer("b");
    node.close("ended");
    node.run(0);
    node.refusePing();
    expect(node.state("b")).toBe("suspect");
    node.hear(
      "c",
      { kind: "gossip" },
      { updates: [accusation(node.peer("b"), "c", { evidence: "crashed" })] },
    );
    node.run(0);
    expect(node.state("b")).toBe("dead");
    expect(node.eventsOf("member-changed").at(-1)?.event).toMatchObject({ cause: "crash" });
  });

  test("no sooner than the grace of a refusal, when the second was only refused", () => {
    const node = new Wired();
    node.answer("b");
    node.close("ended");
    node.run(0);
    node.refusePing();
    node.hear(
      "c",
      { kind: "gossip" },
      { updates: [accusation(node.peer("b"), "c", { evidence: "refused" })] },
    );
    node.run(99);
    expect(node.state("b")).toBe("suspect");
    node.run(1);
    expect(node.state("b")).toBe("dead");
  });

  test("and half of all subjects may be: wires that ended are no work of a filter on the way out", () => {
    const node = new Wired();
    for (const name of ["b", "c"]) {
      node.answer(name);
      node.step({ kind: "wire-opened", member: name, startId: startIdOf(name) });
      node.step({ kind: "wire-closed", member: name, startId: startIdOf(name), how: "ended" });
    }
    node.run(0);
    for (const member of ["b", "c"]) {
      const seq = node.sentOf("ping", member).at(-1)?.message.body.seq ?? 0;
      node.step({ kind: "refused", member, seq });
    }
    node.hear(
      "d",
      { kind: "gossip" },
      {
        updates: [
          accusation(node.peer("b"), "d", { evidence: "crashed" }),
          accusation(node.peer("c"), "d", { evidence: "crashed" }),
        ],
      },
    );
    node.run(0);
    expect([node.state("b"), node.state("c")]).toEqual(["dead", "dead"]);
  });
});

describe("the kind of a silence", () => {
  test("frozen, where a dial of the round is answered", () => {
    const node = new Wired();
    node.answer("b");
    for (let i = 0; i < 4 * T && node.dials().length === 0; i++) node.run(1);
    node.run(1);
    node.answerDial("answered");
    expect(node.runToAccusation()).toBe("frozen");
  });

  test("unreachable, where all dials stay silent and the door was seen before", () => {
    const node = new Wired();
    node.answer("b");
    expect(node.runToAccusation()).toBe("unreachable");
    expect(node.dials().length).toBeGreaterThanOrEqual(2);
  });

  test("cannot be told where the door was never seen: a filter for TCP would look like death", () => {
    const node = new DrivenNode({ config: { wires: true, spies: true } });
    node.meet(["b", "c", "d"], ackingAndNacking);
    node.run(2 * T);
    node.answer("b");
    node.run(3 * T);
    expect(node.eventsOf("accused").map(({ event }) => event.evidence)).toEqual(["silence"]);
  });

  test("gets better known while the suspicion stands: a late answer makes it frozen, and the others hear it", () => {
    const node = new Wired();
    node.answer("b");
    expect(node.runToAccusation()).toBe("unreachable");
    const { now } = node;
    node.answerDial("answered");
    expect(node.own.map(({ event }) => event.evidence)).toEqual(["unreachable", "frozen"]);
    const told = node
      .sentOf("gossip", "c", now)
      .flatMap(({ message }) => message.updates)
      .filter((update) => update.kind === "accusation");
    expect(told.map(({ evidence }) => evidence)).toContain("frozen");
  });

  test("is that of an accuser's last word, in whatever order its words arrive", () => {
    const node = new Wired();
    node.answer("b");
    const word = (evidence: AccusationReason, revision: number) =>
      node.hear(
        "d",
        { kind: "gossip" },
        {
          updates: [accusation(node.peer("b"), "c", { evidence, revision })],
        },
      );
    const said = () => node.explain("b")?.suspicion?.accusations.map(({ evidence }) => evidence);
    word("unreachable", 0);
    word("unreachable", 2);
    word("frozen", 1);
    word("silence", 0);
    expect(said()).toEqual(["unreachable"]);
    word("frozen", 3);
    word("unreachable", 2);
    expect(said()).toEqual(["frozen"]);
  });

  test("is forgotten when the subject is heard", () => {
    const node = new Wired();
    node.answer("b");
    for (let i = 0; i < 4 * T && node.dials().length === 0; i++) node.run(1);
    node.answerDial("answered");
    node.hear("b", { kind: "gossip" });
    expect(node.runToAccusation()).toBe("unreachable");
  });
});

describe("the grace of a quorum goes by the kind", () => {
  const GRACE = 2 * T;

  function accused(kinds: readonly AccusationReason[]): { node: Wired; sinceMs: number } {
    const node = new Wired({ config: { unreachableGraceMs: T, graceMs: GRACE } });
    node.answer("b");
    node.runToAccusation();
    if (kinds[0] === "frozen") node.answerDial("answered");
    const sinceMs = node.now;
    const [, ...others] = kinds;
    for (const [index, evidence] of others.entries()) {
      const accuser = ["c", "d"][index] as string;
      node.hear(
        accuser,
        { kind: "gossip" },
        { updates: [accusation(node.peer("b"), accuser, { evidence })] },
      );
    }
    return { node, sinceMs };
  }

  function runToDeath(node: Wired, mostMs: number): number {
    const from = node.now;
    while (node.state("b") !== "dead" && node.now - from < mostMs) node.run(10);
    return node.now - from;
  }

  test("two that find it unreachable: the short one", () => {
    const { node } = accused(["unreachable", "unreachable"]);
    expect(runToDeath(node, 5 * T)).toBeCloseTo(T, -2);
    expect(node.eventsOf("member-changed").at(-1)?.event).toMatchObject({ cause: "unreachable" });
  });

  test("one that finds it unreachable and one that cannot tell: that of silence", () => {
    const { node } = accused(["unreachable", "silence"]);
    expect(runToDeath(node, 5 * T)).toBeCloseTo(GRACE, -2);
  });

  test("anybody that heard its kernel: the long one, at whose end it is dead", () => {
    const { node } = accused(["unreachable", "unreachable", "frozen"]);
    expect(runToDeath(node, 65_000)).toBeCloseTo(60_000, -2);
    expect(node.eventsOf("member-changed").at(-1)?.event).toMatchObject({ cause: "frozen" });
  });

  test("whose kernel falls silent afterwards is unreachable, and the grace of that begins then", () => {
    const { node } = accused(["frozen", "unreachable"]);
    node.runFrozen(10 * T);
    const from = node.now;
    while (node.own.at(-1)?.event.evidence !== "unreachable") node.run(10);
    expect(node.now - from).toBeLessThan(18 * T);
    expect(node.state("b")).toBe("suspect");
    expect(runToDeath(node, 5 * T)).toBeCloseTo(T, -2);
  });

  test("two dials without an answer do not make a frozen one unreachable where pings get lost", () => {
    const { node } = accused(["frozen", "unreachable"]);
    node.runFrozen(3 * T);
    const before = node.dials().length;
    while (node.dials().length < before + 2) node.run(10);
    node.run(30);
    expect(node.own.at(-1)?.event.evidence).toBe("frozen");
  });

  test("a frozen member is not convicted by the timer without a quorum, either", () => {
    const { node } = accused(["frozen"]);
    node.runFrozen(58_000);
    expect(node.state("b")).toBe("suspect");
  });
});

test("a death that others declare is confirmed by a refused dial as well", () => {
  const node = new Wired();
  node.answer("b");
  node.hear("c", { kind: "gossip" }, { updates: [verdict(node.peer("b"), "dead", "c")] });
  expect(node.state("b")).toBe("alive");
  node.answerDial("refused");
  expect(node.state("b")).toBe("dead");
});

test("spies of a kernel that answers go out ever more seldom: 1, 2, 4 … 16 periods apart", () => {
  const node = new Wired();
  node.answer("b");
  node.runToAccusation();
  node.answerDial("answered");
  const from = node.now;
  node.runFrozen(52 * T);
  const pauses = node.dials(from).map(({ at }, index, all) => at - (all[index - 1]?.at ?? from));
  // The first ping at or after the end of the pause brings the next.
  for (const [index, periods] of [1, 2, 4, 8, 16].entries()) {
    expect(pauses[index]).toBeGreaterThanOrEqual(periods * T);
    expect(pauses[index]).toBeLessThan((periods + 1.2) * T);
  }
});
