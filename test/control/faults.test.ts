import { expect, test } from "vitest";
import type { FaultsBody, FaultsRequest } from "../../src/control/api-types.ts";
import { describeRules } from "../../src/control/fault-text.ts";
import type { ControlledFaults } from "../../src/control/node-api.ts";
import { openApi } from "./api.ts";
import { FakeNode } from "./fake-node.ts";

const RULE = { from: ["a"], to: "*", drop: 1 } as const;

test("a daemon that takes no faults says so on every route, and how it would", async () => {
  const { client } = await openApi();
  const calls = [
    client.faults(),
    client.setFaults({ rules: [] }),
    client.healFaults(),
    client.stall(10),
  ];
  for (const call of calls) {
    await expect(call).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining("start it with --allow-faults"),
    });
  }
});

test("self tells whether faults are allowed and how many rules are in force", async () => {
  expect((await (await openApi()).client.self()).faults).toEqual({ allowed: false, rules: 0 });
  const { client } = await openFaultyApi();
  await client.setFaults({ rules: [RULE, RULE] });
  expect((await client.self()).faults).toEqual({ allowed: true, rules: 2 });
});

test("rules are put, read and healed", async () => {
  const { client } = await openFaultyApi();
  const request: FaultsRequest = {
    rules: [RULE, { from: "*", to: ["b"], delayMs: 400, jitterMs: 20, reorder: 0.1 }],
    ttlMs: 5000,
    addresses: { b: "127.0.0.1:7001" },
  };
  expect(await client.setFaults(request)).toMatchObject({ rules: request.rules, healInMs: 5000 });
  expect((await client.faults()).rules).toEqual(request.rules);
  expect((await client.healFaults()).rules).toEqual([]);
});

test("a stall is answered before it begins", async () => {
  const { client, stalls } = await openFaultyApi();
  const begun = new Promise<number>((resolve) => {
    stalls.listener = resolve;
  });
  expect(await client.stall(1234)).toEqual({ v: 1, stallMs: 1234 });
  expect(await begun).toBe(1234);
});

test.each([
  [{ rules: [{ ...RULE, drop: 1.5 }] }, "rules[0].drop: 1.5 must be a probability from 0 to 1"],
  [
    { rules: [{ ...RULE, from: "a" }] },
    'rules[0].from: "a" must be a list of member names, or "*"',
  ],
  [{ rules: [{ to: "*" }] }, 'rules[0].from: nothing must be a list of member names, or "*"'],
  [{ rules: [{ ...RULE, delay: 3 }] }, "rules[0]: there is no delay; remove or correct it"],
  [{ rules: [{ ...RULE, delayMs: -1 }] }, "rules[0].delayMs: -1 must be ms from 0 to 60000"],
  [{ rules: "none" }, 'rules: "none" must be a list of rules'],
  [{ rules: [], ttlMs: 3_600_001 }, "ttlMs: 3600001 must be ms from 1 to 3600000 (an hour)"],
  [{ rules: [], ttl: 3 }, "the body: there is no ttl; remove or correct it"],
])("a request that makes no sense is refused with its place: %j", async (body, message) => {
  const { client } = await openFaultyApi();
  const call = client.setFaults(body as unknown as FaultsRequest);
  await expect(call).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining(message),
  });
});

test("rules are told in one line", () => {
  expect(
    describeRules([
      { from: ["a", "b"], to: ["c"], drop: 1 },
      { from: "*", to: "*", drop: 0.3 },
      { from: ["a"], to: "*", delayMs: 400, jitterMs: 20 },
    ]),
  ).toBe(
    "a, b → c cut; everybody → everybody loses 30 %; " +
      "a → everybody 400 ms later, up to 20 ms of jitter",
  );
});

async function openFaultyApi() {
  const node = new FakeNode();
  const stalls: { listener: (stallMs: number) => void } = { listener: () => undefined };
  let body = bodyOf([], null);
  const faults: ControlledFaults = {
    read: () => body,
    set: ({ rules, ttlMs }) => {
      body = bodyOf(rules, ttlMs ?? null);
      return body;
    },
    heal: () => {
      body = bodyOf([], null);
      return body;
    },
    stall: (stallMs) => stalls.listener(stallMs),
  };
  node.faults = faults;
  return { ...(await openApi(node)), stalls };
}

function bodyOf(rules: FaultsBody["rules"], healInMs: number | null): FaultsBody {
  const counts = { dropped: 0, delayed: 0, duplicated: 0, refusalsDropped: 0, overflowed: 0 };
  return { v: 1, self: "n0", rules, healInMs, counts };
}
