import { describe, expect, test } from "vitest";
import { accusation, CONFIG, endpointOf, startIdOf, T, verdict } from "../builders.ts";
import { Wired } from "./wired-node.ts";

const ZERO = { high: 0, low: 0 };

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
    const seq = node.nextPing();
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
    node.refuse();
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

  test("but where refusals are off, by a refused dial only after its wire ended", () => {
    const node = new Wired({ config: { refusals: false } });
    node.answer("b");
    node.close("reset");
    for (const pause of [0, 5, 15]) {
      node.run(pause);
      node.answerDial("refused");
    }
    expect(node.own).toEqual([]);
  });

  test("for one whose wire was reset only after two refusals, and then it is refused, not crashed", () => {
    const node = new Wired();
    node.answer("b");
    node.close("reset");
    node.run(0);
    node.refuse();
    expect(node.own).toEqual([]);
    node.run(5);
    node.refuse();
    expect(node.own.map(({ event }) => event.evidence)).toEqual(["refused"]);
  });

  test("for nobody while the wire is open: it is poked, and a reset shows that the refusal is true", () => {
    const node = new Wired();
    node.answer("b");
    node.nextPing();
    node.refuse();
    node.run(50);
    node.refuse();
    expect(node.own).toEqual([]);
    expect(node.asked.filter(({ effect }) => effect.kind === "poke")).toHaveLength(1);
  });

  test("at once, when a second observer saw it crash too", () => {
    const node = new Wired();
    node.answer("b");
    node.close("ended");
    node.run(0);
    node.refuse();
    expect(node.state("b")).toBe("suspect");
    node.gossip("c", accusation(node.peer("b"), "c", { evidence: "crashed" }));
    node.run(0);
    expect(node.state("b")).toBe("dead");
    expect(node.eventsOf("member-changed").at(-1)?.event).toMatchObject({ cause: "crash" });
  });

  test("at once, when a second was refused without a wire that ended", () => {
    const node = new Wired();
    node.answer("b");
    node.close("ended");
    node.run(0);
    node.refuse();
    node.gossip("c", accusation(node.peer("b"), "c", { evidence: "refused" }));
    node.run(0);
    expect(node.state("b")).toBe("dead");
    expect(node.eventsOf("member-changed").at(-1)?.event).toMatchObject({ cause: "crash" });
  });

  test("no sooner than the grace of a refusal, when neither saw a wire end", () => {
    const node = new Wired();
    node.answer("b");
    node.close("reset");
    node.run(0);
    node.refuse();
    node.run(0);
    node.refuse();
    node.gossip("c", accusation(node.peer("b"), "c", { evidence: "refused" }));
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
    // Of c's observers this node is the second to look.
    node.run(5);
    for (const member of ["b", "c"]) node.refuse(member);
    node.gossip(
      "d",
      accusation(node.peer("b"), "d", { evidence: "crashed" }),
      accusation(node.peer("c"), "d", { evidence: "crashed" }),
    );
    node.run(0);
    expect([node.state("b"), node.state("c")]).toEqual(["dead", "dead"]);
  });
});

test("a node whose wire just closed pings anyway, whoever else was refused", () => {
  const node = new Wired();
  node.answer("b");
  const { now } = node;
  node.close("ended");
  node.run(1);
  node.gossip("c", accusation(node.peer("b"), "c", { evidence: "crashed" }));
  expect(node.pings(now)).toEqual([0]);
});

test("an accusation that ends the member is not sent: the verdict is", () => {
  const node = new Wired();
  node.answer("b");
  node.close("ended");
  node.gossip("c", accusation(node.peer("b"), "c", { evidence: "crashed" }));
  node.run(0);
  const { now } = node;
  node.refuse();
  node.run(0);
  expect(node.state("b")).toBe("dead");
  const said = node.sentOf("gossip", "d", now).flatMap(({ message }) => message.updates);
  expect(said.map(({ kind }) => kind)).toEqual(["verdict"]);
});

describe("news does not ride on what a process that is gone is sent", () => {
  const rides = (node: Wired, since: number): number[] =>
    node.sentOf("ping", "b", since).map(({ message }) => message.updates.length);

  /** A node that owes the cluster news, a member that just joined, while b answers nothing. */
  function owing(): Wired {
    const node = new Wired();
    node.answer("b");
    node.meet(["e"]);
    return node;
  }

  test("not on urgent pings after its wire closed", () => {
    const node = owing();
    const { now } = node;
    node.close("ended");
    node.run(60);
    expect(node.pings(now).length).toBeGreaterThanOrEqual(4);
    expect(rides(node, now).every((updates) => updates === 0)).toBe(true);
  });

  test("not on the ping that another observer's refusal calls for", () => {
    const node = owing();
    const { now } = node;
    const word = accusation(node.peer("b"), "c", { evidence: "refused" });
    node.gossip("c", word);
    expect(rides(node, now)).toEqual([0]);
  });

  test("not on the ping of a death check: the claim alone", () => {
    const node = owing();
    const { now } = node;
    node.gossip("c", verdict(node.peer("b"), "dead", "c"));
    node.run(CONFIG.roundWaitMs / 2);
    expect(rides(node, now)).toEqual([1]);
  });
});

test("a process that this node knows to be gone is asked no more, whoever else says so", () => {
  const node = new Wired();
  node.answer("b");
  node.close("ended");
  node.run(0);
  node.refuse();
  const { now } = node;
  const before = node.sentOf("ping", "b").length;
  const word = accusation(node.peer("b"), "c", { evidence: "refused" });
  node.gossip("c", word);
  node.run(60);
  expect(node.now).toBe(now + 60);
  expect(node.sentOf("ping", "b").length).toBe(before);
});
