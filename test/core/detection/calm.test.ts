import { describe, expect, test } from "vitest";
import type { MessageBody } from "../../../src/core/message.ts";
import { belief, CONFIG, names, record, startIdOf, T, verdict } from "../builders.ts";
import { ackingAndNacking, DrivenNode, type Reply } from "../driven-node.ts";

const TURN_MS = 3 * T;

/** Acks, and names a turn. */
const givingTurns: Reply = (body) => {
  const answer = ackingAndNacking(body);
  if (answer?.body.kind !== "ack") return answer;
  return { ...answer, body: { ...answer.body, turnMs: TURN_MS } };
};

/** A node among five others, with wires to all, that has been calm for long. */
class CalmNode extends DrivenNode {
  constructor({ wires = true, reply = givingTurns }: { wires?: boolean; reply?: Reply } = {}) {
    super({ config: { wires, spies: true } });
    this.meet(["b", "c", "d", "e", "f"], reply);
    this.run(2 * T);
    for (const member of ["b", "c", "d", "e", "f"]) {
      this.step({ kind: "wire-opened", member, startId: startIdOf(member) });
    }
    this.run(20 * T);
  }

  /** Others ask this node, too, and those that are not tested here are heard by that. */
  override run(forMs: number): void {
    const until = this.now + forMs;
    while (this.now < until) {
      this.gossip("c");
      super.run(Math.min(T / 4, until - this.now));
    }
  }

  pingTimes(to: string, since: number): number[] {
    return this.sentOf("ping", to, since).map(({ at }) => at);
  }

  /** Pings to one subject in so many periods from now. */
  pingsIn(periods: number, to = "b"): number {
    const from = this.now;
    this.run(periods * T);
    return this.pingTimes(to, from).length;
  }
}

describe("while all is calm", () => {
  test("a subject is asked when it is this node's turn", () => {
    const node = new CalmNode();
    const from = node.now;
    node.run(31 * T);
    const times = node.pingTimes("b", from);
    expect(times.length).toBeGreaterThanOrEqual(10);
    for (const [index, at] of times.slice(1).entries()) {
      expect(at - (times[index] ?? 0)).toBeCloseTo(TURN_MS, -1);
    }
  });

  test("the silence before the last period up to its turn says nothing", () => {
    const node = new CalmNode();
    for (let i = 0; i < 60; i++) {
      node.run(T / 10);
      expect(node.explain("b")?.phi ?? 99).toBeLessThan(1);
    }
  });

  test("the explanation says when it is this node's turn", () => {
    const node = new CalmNode();
    const turnInMs = node.explain("b")?.probe?.turnInMs ?? -1;
    const from = node.now;
    node.run(TURN_MS + 20);
    expect((node.pingTimes("b", from)[0] ?? 0) - from).toBeCloseTo(turnInMs, -1);
    node.meet(["g"], givingTurns);
    node.run(2 * T);
    expect(node.explain("b")?.probe?.turnInMs).toBeNull();
  });

  test("a turn later than eight periods is not waited for, nor one sooner than half a period", () => {
    const asks = (turnMs: number): number[] => {
      const reply: Reply = (body) => {
        const answer = givingTurns(body);
        return answer?.body.kind === "ack"
          ? { ...answer, body: { ...answer.body, turnMs } }
          : answer;
      };
      const node = new CalmNode({ reply });
      const from = node.now;
      node.run(40 * T);
      const times = node.pingTimes("b", from);
      expect(times.length).toBeGreaterThanOrEqual(4);
      return times.slice(1).map((at, index) => at - (times[index] ?? 0));
    };
    for (const gap of asks(1_000_000)) expect(gap).toBeCloseTo(8 * T, -1);
    for (const gap of asks(1)) expect(gap).toBeCloseTo(T / 2, -1);
  });

  test("a subject that names no turn is asked each period", () => {
    expect(new CalmNode({ reply: ackingAndNacking }).pingsIn(20)).toBeGreaterThanOrEqual(18);
  });

  test("a subject whose wire is not open any more is asked each period: its crash would be known late", () => {
    const node = new CalmNode();
    node.step({ kind: "wire-closed", member: "b", startId: startIdOf("b"), how: "reset" });
    node.run(10 * T);
    expect(node.pingsIn(20)).toBeGreaterThanOrEqual(18);
    expect(node.pingsIn(20, "d")).toBeLessThanOrEqual(8);
  });

  test("a silent subject is doubted as soon after its ping as one that is asked each period", () => {
    const node = new CalmNode();
    const from = node.now;
    node.run(4 * T);
    const turnAt = (node.pingTimes("b", from).at(-1) ?? 0) + TURN_MS;
    node.answer("b");
    node.run(turnAt - node.now + T / 2);
    expect(node.eventsOf("accused").map(({ event }) => event.member)).toEqual(["b"]);
    const [accused] = node.eventsOf("accused");
    expect((accused?.at ?? 0) - turnAt).toBeLessThan(CONFIG.roundWaitMs + 4 * 50 + 20);
  });
});

describe("the calm ends, and each subject is asked within half a period and then each period", () => {
  const ALARMS: Readonly<Record<string, (node: CalmNode) => void>> = {
    "a member joins": (node) => node.meet(["g"], givingTurns),
    "a member dies": (node) => void node.learnDeath("f", "c", verdict(node.peer("f"), "dead", "c")),
    "a member changes its tags": (node) =>
      void node.gossip("c", belief(record("f", { incarnation: 2, tags: { zone: "eu" } }))),
    "a wire closes": (node) =>
      void node.step({ kind: "wire-closed", member: "f", startId: startIdOf("f"), how: "reset" }),
    "a subject is doubted": (node) => {
      node.answer("f");
      for (let i = 0; i < 400 && node.sentOf("ping-req").length === 0; i++) node.run(T / 100);
      node.answer("f", givingTurns);
      node.gossip("f");
      expect(node.eventsOf("accused")).toEqual([]);
    },
    "a view differs": (node) => {
      const body: MessageBody = {
        kind: "ping",
        seq: 9,
        target: "self",
        digest: { high: 1, low: 2 },
      };
      node.hear("c", body);
    },
    "a user event is sent": (node) =>
      void node.step({ kind: "send-user-event", name: "deploy", payload: "" }),
    "a user event comes": (node) => {
      const id = { origin: "c", startId: startIdOf("c"), seq: 1 };
      const event = { kind: "user-event", ...id, name: "deploy", payload: "", ageMs: 0 } as const;
      node.hear("c", { kind: "gossip" }, { news: { messages: [event], held: [] } });
    },
    "this process stood still": (node) => void node.step({ kind: "wakeup", stalledMs: 300 }),
  };

  test.each(Object.keys(ALARMS))("when %s", (what) => {
    const node = new CalmNode();
    const from = node.now;
    node.run(10);
    ALARMS[what]?.(node);
    const alarmedAt = node.now;
    node.run(2.2 * T);
    for (const subject of ["b", "d", "e"]) {
      const times = node.pingTimes(subject, from).filter((at) => at >= alarmedAt);
      expect(times.length, subject).toBeGreaterThanOrEqual(2);
    }
  });

  test("which takes nothing out of a silence that counts", () => {
    const node = new DrivenNode({ config: { wires: false, spies: false } });
    node.meet(["b", "c", "d"], ackingAndNacking);
    node.run(10 * T);
    node.answer("b");
    node.run(1.2 * T);
    const before = node.explain("b")?.phi ?? 0;
    node.meet(["g"], ackingAndNacking);
    expect(before).toBeGreaterThan(0);
    expect(node.explain("b")?.phi).toBe(before);
  });

  test("where somebody depends on the member, for as long as that lasts", () => {
    const node = new CalmNode();
    node.step({ kind: "watch", subjects: ["b"], forMs: 20 * T });
    expect(node.pingsIn(16)).toBeGreaterThanOrEqual(19);
    node.run(10 * T);
    expect(node.pingsIn(20)).toBeLessThanOrEqual(8);
  });

  test("where answers of the member take longer than a quarter of the period", () => {
    const slowly: Reply = (body) => {
      const answer = givingTurns(body);
      return answer?.body.kind === "ack" ? { ...answer, afterMs: 0.3 * T } : answer;
    };
    const node = new CalmNode();
    node.answer("b", slowly);
    node.run(40 * T);
    const from = node.now;
    node.run(20 * T);
    const regular = node
      .pingTimes("b", from)
      .filter((at, index, all) => at - (all[index - 1] ?? 0) > T / 3);
    expect(regular.length).toBeGreaterThanOrEqual(17);
  });

  test("where pings of the member get lost", () => {
    let asked = 0;
    const losing: Reply = (body) =>
      body.kind === "ping" && asked++ % 2 === 0 ? undefined : givingTurns(body);
    const node = new CalmNode();
    node.answer("b", losing);
    node.run(60 * T);
    const from = node.now;
    node.run(20 * T);
    const perPeriod = node.pingTimes("b", from).length / 20;
    expect(perPeriod).toBeGreaterThan(1.8);
  });

  test("and it returns three periods after the last alarm", () => {
    const node = new CalmNode();
    node.meet(["g"], givingTurns);
    node.run(8 * T);
    expect(node.pingsIn(12)).toBeLessThanOrEqual(5);
  });
});

test("a node that hears nobody pings those that watch it, though it does not watch them", () => {
  const others = names(40);
  const node = new DrivenNode({ config: { wires: false, spies: false } });
  node.meet(others, givingTurns);
  node.run(5 * T);
  const isObserved = (name: string) =>
    node.snapshot.members.some((each) => each.record.name === name && each.observed);
  const watchers = (node.explain("self")?.observers ?? []).filter((name) => !isObserved(name));
  expect(watchers.length).toBeGreaterThanOrEqual(3);
  for (const name of others) node.answer(name);
  const from = node.now;
  const asked = () => watchers.filter((name) => node.sentOf("ping", name, from).length > 0);
  node.run(1.1 * T);
  expect(asked().length).toBeLessThan(watchers.length);
  node.run(0.15 * T);
  expect(asked()).toEqual(watchers);
});
