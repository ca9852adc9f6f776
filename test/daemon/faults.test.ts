import { expect, test } from "vitest";
import type { EventBody } from "../../src/control/api-types.ts";
import type { ControlClient } from "../../src/control/client.ts";
import type { LinkRules } from "../../src/transport/link-rules.ts";
import { start, until } from "./started-daemon.ts";

const WITHIN_MS = 10_000;

test("a cut link is silence on both sides, and heals by itself when its time is over", async () => {
  const [a, b, c] = await startCluster("a", "b", "c");
  const rules: LinkRules = [
    { from: ["a"], to: ["b", "c"], drop: 1 },
    { from: ["b", "c"], to: ["a"], drop: 1 },
  ];
  await Promise.all([a, b, c].map((client) => client.setFaults({ rules })));
  await Promise.all([untilSeen(b, "a", "dead"), untilSeen(c, "a", "dead")]);
  const death = await eventOf(
    b,
    (event) => event.event === "member-changed" && event.to === "dead",
    0,
  );
  // Nothing was sent, so nothing was refused: the death was one of silence.
  expect(death).not.toMatchObject({ cause: "refusal" });
  expect((await a.members()).isolated).toBe(true);
  const { index } = await b.members();
  await Promise.all([a, b, c].map((client) => client.setFaults({ rules, ttlMs: 200 })));
  const isHealed = (event: EventBody) => event.event === "faults-changed" && event.rules === 0;
  const healed = await eventOf(b, isHealed, index);
  expect(healed).toMatchObject({ cause: "expired", forMs: null });
  await Promise.all([untilSeen(b, "a", "alive"), untilSeen(c, "a", "alive")]);
  expect(await a.faults()).toMatchObject({ rules: [], healInMs: null });
});

test("a one-way cut is exact: the other direction delivers", async () => {
  const [a, b] = await startCluster("a", "b");
  const before = (await b.faults()).counts.dropped;
  await a.setFaults({ rules: [{ from: ["a"], to: ["b"], drop: 1 }] });
  await untilSeen(b, "a", "suspect");
  expect((await b.faults()).counts.dropped).toBe(before);
  // b's pings arrive at a, which hears b and so calls it alive.
  expect((await a.members()).members.find(({ name }) => name === "b")?.state).toBe("alive");
  await a.healFaults();
  await untilSeen(b, "a", "alive");
});

test("a stall blocks the daemon's loop for the time that was asked for", async () => {
  // Alone it would have nothing to be late for.
  const [a] = await startCluster("a", "b");
  const index = (await a.members()).index;
  await a.stall(300);
  const stalled = await eventOf(a, (event) => event.event === "stalled", index);
  expect(stalled).toMatchObject({ stalledMs: expect.any(Number) });
  expect((stalled as { stalledMs: number }).stalledMs).toBeGreaterThan(200);
});

test("an address that is none is refused, and the rules before it stay", async () => {
  const [a] = await startCluster("a");
  await a.setFaults({ rules: [{ from: "*", to: "*", drop: 1 }] });
  const call = a.setFaults({ rules: [], addresses: { b: "somewhere" } });
  await expect(call).rejects.toMatchObject({
    status: 400,
    message: 'addresses.b: "somewhere" must be a numeric address and port, such as 127.0.0.1:7946',
  });
  expect((await a.faults()).rules).toHaveLength(1);
});

/** Daemons of this process that take faults, in profile local; they all know each other. */
async function startCluster<const Names extends readonly string[]>(
  ...names: Names
): Promise<{ [K in keyof Names]: ControlClient }> {
  const started: ControlClient[] = [];
  let join: string | undefined;
  for (const name of names) {
    const { client, address } = await start(name, { join, allowFaults: true });
    started.push(client);
    join ??= address;
  }
  for (const client of started) for (const name of names) await untilSeen(client, name, "alive");
  return started as { [K in keyof Names]: ControlClient };
}

async function untilSeen(client: ControlClient, name: string, state: string): Promise<void> {
  await until(client, name, (member) => member.state === state);
}

/** The first event as wanted after an index. */
async function eventOf(
  client: ControlClient,
  isWanted: (event: EventBody) => boolean,
  since: number,
): Promise<EventBody> {
  const signal = AbortSignal.timeout(WITHIN_MS);
  for await (const item of client.events({ since, signal })) {
    if ("event" in item && isWanted(item.event)) return item.event;
  }
  return expect.unreachable("no such event came in time");
}
