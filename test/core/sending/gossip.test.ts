import { describe, expect, test } from "vitest";
import type { MemberState } from "../../../src/core/member.ts";
import type { ChangeNote } from "../../../src/core/membership/change-note.ts";
import { Self } from "../../../src/core/membership/self.ts";
import { MembershipTable } from "../../../src/core/membership/table.ts";
import { NEVER } from "../../../src/core/primitives/deadlines.ts";
import { seededRng } from "../../../src/core/primitives/rng.ts";
import { Sequence } from "../../../src/core/primitives/sequence.ts";
import { Dissemination } from "../../../src/core/sending/dissemination.ts";
import { Gossip } from "../../../src/core/sending/gossip.ts";
import { Outbox } from "../../../src/core/sending/outbox.ts";
import { ProvenAddresses } from "../../../src/core/sending/proven-addresses.ts";
import { UserMessageQueue } from "../../../src/core/sending/user-message-queue.ts";
import { accusation, belief, CONFIG, names, PLAIN_SIZER, record, T, verdict } from "../builders.ts";
import { acking, DrivenNode } from "../driven-node.ts";

const INTERVAL = CONFIG.gossipIntervalMs;

/** Gossip alone, among members in these states; those named are silent. */
function gossipAmong(
  states: Readonly<Record<string, MemberState>>,
  silent: readonly string[] = [],
  hasDoubts = false,
) {
  const self = new Self(record("self"));
  const table = new MembershipTable(CONFIG);
  for (const [name, state] of Object.entries({ self: "alive", ...states } as const)) {
    table.apply({ record: record(name), state, since: 0, by: name }, 0);
  }
  const dissemination = new Dissemination(CONFIG, PLAIN_SIZER, () => table.presentCount);
  const parts = { config: CONFIG, sizer: PLAIN_SIZER, self, table, dissemination };
  const userMessageQueue = new UserMessageQueue({
    ...parts,
    memberCount: () => table.presentCount,
  });
  const outbox = new Outbox({
    ...parts,
    userMessageQueue,
    sequence: new Sequence(seededRng([5, 6, 7, 8])),
    provenAddresses: new ProvenAddresses(),
  });
  const gossip = new Gossip({
    ...parts,
    selfName: "self",
    rng: seededRng([1, 2, 3, 4]),
    userMessageQueue,
    outbox,
    isSilent: (name) => silent.includes(name),
    hasDoubts: () => hasDoubts,
  });
  let incarnation = 1;
  /** Owes something new, and returns whom the tick at `now` tells. */
  const tick = (now: number): (string | undefined)[] => {
    dissemination.add(belief(record("news", { incarnation: incarnation++ })));
    gossip.wake(now);
    return outbox.take().map((effect) => (effect.kind === "send" ? effect.to.member : undefined));
  };
  return { gossip, tick, dissemination, outbox, table };
}

/** The same at 1000 ms, with nothing owed, and members that die. */
function deathsAmong(others: number, hasDoubts = false) {
  const parts = gossipAmong(group("a", others, "alive"), [], hasDoubts);
  const { gossip, table, dissemination, outbox } = parts;
  gossip.wake(0);
  const note = (name: string, state: MemberState, change: ChangeNote, now: number) => {
    const known = table.get(name);
    if (known === undefined) throw new Error(`the table has no ${name}`);
    const before = { record: known.record, state: known.state };
    table.apply({ record: known.record, state, since: now, by: change.by }, now);
    gossip.noteTransition({ member: known, before }, change, now);
  };
  /** Its death is declared at 1000 ms. */
  const end = (name: string, by: string) => {
    dissemination.add(verdict(record(name), "dead", by));
    note(name, "dead", { by, cause: "crash" }, 1000);
  };
  const tell = (now: number) => {
    gossip.wake(now);
    return outbox
      .take()
      .flatMap((effect) =>
        effect.kind === "send"
          ? [{ to: effect.to.member, kinds: effect.message.updates.map(({ kind }) => kind) }]
          : [],
      );
  };
  parts.tick(1000);
  dissemination.fill(Number.POSITIVE_INFINITY);
  return { ...parts, note, end, tell };
}

function group(prefix: string, count: number, state: MemberState): Record<string, MemberState> {
  return Object.fromEntries(names(count).map((name) => [prefix + name, state]));
}

describe("the gossip tick", () => {
  test("tells three random members that differ, and not itself", () => {
    const { tick } = gossipAmong(group("a", 10, "alive"));
    const told = Array.from({ length: 50 }, (_, index) => tick(index * INTERVAL));
    for (const members of told) expect(new Set(members).size).toBe(3);
    const all = new Set(told.flat());
    expect(all.size).toBe(10);
    expect(all.has("self")).toBe(false);
  });

  test("comes once in an interval while something is owed, and not when nothing is", () => {
    const { gossip, tick } = gossipAmong(group("a", 10, "alive"));
    expect(gossip.nextDeadline()).toBe(NEVER);
    expect(tick(1000)).toHaveLength(3);
    expect(gossip.nextDeadline()).toBe(1000 + INTERVAL);
    expect(tick(1000 + INTERVAL - 1)).toEqual([]);
    expect(tick(1000 + INTERVAL)).toHaveLength(3);
  });

  test("of many deaths goes at once, without other news", () => {
    const { gossip, tick, dissemination, outbox, table } = gossipAmong(
      group("a", 60, "alive"),
      [],
      true,
    );
    tick(1000);
    for (const name of names(60)) dissemination.add(verdict(record(name), "dead", "judge"));
    const member = table.get("am00");
    if (member === undefined) throw new Error("the table has no am00");
    gossip.noteTransition(
      { member: { ...member, state: "dead" }, before: null },
      { by: "judge", cause: "crash" },
      1000,
    );
    expect(gossip.nextDeadline()).toBe(1000 + INTERVAL / 20);
    gossip.wake(1000 + INTERVAL / 20);
    const told = outbox.take().flatMap((effect) => (effect.kind === "send" ? effect : []));
    expect(told).toHaveLength(3);
    const updates = told.flatMap(({ message }) => message.updates);
    expect(new Set(updates.map(({ kind }) => kind))).toEqual(new Set(["deaths"]));
    expect(gossip.nextDeadline()).toBe(1000 + (3 * INTERVAL) / 20);
  });

  test.each([
    { others: 20, hasDoubts: true, told: 19 },
    { others: 40, hasDoubts: true, told: 32 },
    { others: 40, hasDoubts: false, told: 39 },
    { others: 127, hasDoubts: false, told: 126 },
    { others: 140, hasDoubts: false, told: 32 },
  ])(
    "of a death that this node declared goes at once to $told of $others (others in doubt: $hasDoubts)",
    ({ others, hasDoubts, told }) => {
      const { gossip, tell, end } = deathsAmong(others, hasDoubts);
      end("am00", "self");
      expect(gossip.nextDeadline()).toBe(1000);
      const first = tell(1000);
      expect(first.map(({ kinds }) => kinds)).toEqual(first.map(() => ["verdict"]));
      expect(new Set(first.map(({ to }) => to)).size).toBe(told);
      end("am01", "self");
      expect(tell(gossip.nextDeadline())).toHaveLength(3);
    },
  );

  test.each([
    { others: 20, hasDoubts: true, afterMs: INTERVAL },
    { others: 40, hasDoubts: true, afterMs: INTERVAL / 20 },
    { others: 40, hasDoubts: false, afterMs: INTERVAL },
    { others: 140, hasDoubts: false, afterMs: INTERVAL / 20 },
  ])(
    "of a death that another declared waits for an interval where that told all: $others (others in doubt: $hasDoubts)",
    ({ others, hasDoubts, afterMs }) => {
      const { gossip, end } = deathsAmong(others, hasDoubts);
      end("am00", "judge");
      expect(gossip.nextDeadline()).toBe(1000 + afterMs);
    },
  );

  test("of a death that another declares waits, too, after this node told of one", () => {
    const { gossip, tell, end } = deathsAmong(20);
    end("am00", "self");
    tell(1000);
    end("am01", "judge");
    expect(gossip.nextDeadline()).toBe(1000 + INTERVAL);
  });

  test.each([
    ["crash", 2000 + INTERVAL],
    ["silence", 1000 + INTERVAL],
  ] as const)(
    "of a suspicion by %s comes after %i ms: the death may follow at once",
    (cause, at) => {
      const { gossip, dissemination, note } = deathsAmong(20);
      dissemination.add(accusation(record("am00"), "judge"));
      note("am00", "suspect", { by: "judge", cause }, 2000);
      expect(gossip.nextDeadline()).toBe(at);
    },
  );

  test("goes to suspects and silent members a quarter as often, to the dead a tenth", () => {
    const silent = Object.keys(group("silent", 20, "alive"));
    const states = {
      ...group("alive", 20, "alive"),
      ...group("silent", 20, "alive"),
      ...group("suspect", 20, "suspect"),
      ...group("dead", 20, "dead"),
    };
    const { tick } = gossipAmong(states, silent);
    const told = Array.from({ length: 4000 }, (_, index) => tick(index * INTERVAL)).flat();
    const shareOf = (prefix: string) =>
      told.filter((name) => name?.startsWith(prefix)).length /
      told.filter((name) => name?.startsWith("alive")).length;
    expect(shareOf("silent")).toBeCloseTo(0.25, 1);
    expect(shareOf("suspect")).toBeCloseTo(0.25, 1);
    expect(shareOf("dead")).toBeGreaterThan(0.07);
    expect(shareOf("dead")).toBeLessThan(0.13);
  });

  test("rests while the dead alone are left to tell", () => {
    const { gossip, tick } = gossipAmong({ b: "dead", c: "left" });
    expect(tick(0)).toEqual([]);
    expect(gossip.nextDeadline()).toBe(NEVER);
  });

  test("goes to nobody who left or is forgotten", () => {
    const { tick } = gossipAmong({ b: "left", c: "forgotten", d: "alive" });
    const told = Array.from({ length: 50 }, (_, index) => tick(index * INTERVAL)).flat();
    expect(new Set(told)).toEqual(new Set(["d"]));
  });
});

/** A node whose members have acked for long enough that nothing is owed any more. */
function rested(count: number): DrivenNode {
  const node = new DrivenNode({ knows: names(count), reply: acking });
  node.run(30 * T);
  expect(node.snapshot.queues.updatesOwed).toBe(0);
  return node;
}

test("news is passed on by everybody who learns it, records and verdicts alike", () => {
  const node = rested(5);
  const news = [belief(record("new")), verdict(record("m01"), "dead", "m00")];
  const from = node.now;
  node.gossip("m00", belief(record("new")));
  node.learnDeath("m01", "m00");
  node.run(T);
  const told = node.sent
    .filter(({ at, to }) => at > from && to.member !== "m00")
    .flatMap(({ message }) => message.updates);
  for (const update of news) expect(told).toContainEqual(update);
});

test("what a suspect or a dead member is told does not count as sent", () => {
  const node = rested(5);
  node.learnDeath("m01", "m00");
  node.gossip("m00", accusation(record("m02"), "m00"));
  for (let seq = 1; seq <= 40; seq++) node.pingedBy(seq % 2 === 0 ? "m01" : "m02");
  expect(node.snapshot.queues.updatesOwed).toBeGreaterThan(0);
  for (let seq = 41; seq <= 60; seq++) node.pingedBy("m03");
  expect(node.snapshot.queues.updatesOwed).toBe(0);
});

test("what is no news is not passed on", () => {
  const node = rested(5);
  const updates = [
    belief(record("m01")),
    verdict(record("m02", { incarnation: 0 }), "dead", "m00"),
  ];
  node.gossip("m00", ...updates);
  expect(node.snapshot.queues.updatesOwed).toBe(0);
});
