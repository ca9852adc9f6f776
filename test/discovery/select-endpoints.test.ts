import { describe, expect, test } from "vitest";
import {
  type EndpointsWanted,
  type Instance,
  type SelectionPolicy,
  selectEndpoints,
} from "../../src/discovery/select-endpoints.ts";
import { instance } from "./builders.ts";

const POLICY: SelectionPolicy = { panicShare: 0.5, isIsolated: false, phiSuspect: 8 };

function select(
  instances: readonly Instance[],
  wanted: EndpointsWanted = {},
  policy: Partial<SelectionPolicy> = {},
) {
  const { endpoints, out, panic } = selectEndpoints(instances, wanted, { ...POLICY, ...policy });
  return { in: endpoints.map(({ member }) => member), out: out.map(({ member }) => member), panic };
}

/** So many instances that are in, and so many dead ones. */
function pool(alive: number, dead: number): Instance[] {
  return [
    ...Array.from({ length: alive }, (_, at) => instance(`a${at}`)),
    ...Array.from({ length: dead }, (_, at) => instance(`d${at}`, { state: "dead", phi: 40 })),
  ];
}

test.each([
  ["an alive member", {}, true],
  [
    "a silent suspect of one observer, whose own path may be broken",
    { state: "suspect", accusers: ["n4"] },
    true,
  ],
  ["a silent suspect of two", { state: "suspect", accusers: ["n4", "n5"] }, false],
  [
    "a suspect whose host says that it crashed",
    { state: "suspect", accusers: ["n4"], refused: true },
    false,
  ],
  ["a dead member", { state: "dead", phi: 40 }, false],
  ["a member whose own checks fail", { service: { health: "critical" } }, false],
  [
    "a member whose checks cannot run, since a broken check is no broken server",
    { service: { health: "unknown" } },
    true,
  ],
  ["a member that others vouch for, whatever phi is here", { phi: 40, reachedThrough: "n4" }, true],
] as const)("without a threshold, by its state: %s", (_what, more, isIn) => {
  const { in: usable, out } = select([instance("x", more), instance("y"), instance("z")]);
  expect([usable.includes("x"), out.includes("x")]).toEqual([isIn, !isIn]);
});

test.each([
  ["within the threshold", { phi: 3 }, true],
  ["above the threshold", { phi: 3.01 }, false],
  [
    "a suspect within it: this consumer waits longer than the cluster",
    { state: "suspect", phi: 2 },
    true,
  ],
  ["dead, whatever phi is", { state: "dead", phi: 0.1 }, false],
  ["not observed yet, by its state", { phi: null }, true],
  ["not observed and suspect", { phi: null, state: "suspect", accusers: ["n4", "n5"] }, false],
  ["refused by its host, whatever phi is", { phi: 0.1, state: "suspect", refused: true }, false],
] as const)("by the consumer's own threshold of 3: %s", (_what, more, isIn) => {
  const instances = [instance("x", more), instance("y"), instance("z")];
  expect(select(instances, { maxPhi: 3 }).in.includes("x")).toBe(isIn);
});

describe("a frozen member", () => {
  const suspect = { state: "suspect", silence: "frozen", phi: 40 } as const;
  const frozen = (member: string) =>
    instance(member, {
      ...{ ...suspect, accusers: ["n4", "n5"] },
      frozenSay: { accusers: 2, observers: 3 },
    });
  const why = (one: Instance, wanted: EndpointsWanted = {}) => {
    const { endpoints, out } = selectEndpoints([one, instance("y")], wanted, POLICY);
    return [...endpoints, ...out].find(({ member }) => member === one.member)?.why;
  };

  test("is out for all once two observers say so, without being dead", () => {
    expect(select([frozen("x"), instance("y")])).toMatchObject({ in: ["y"], out: ["x"] });
    expect(why(frozen("x"))).toBe("frozen, say 2 of 3 observers: its host answers, it does not");
  });

  test("is out for them whatever threshold they have", () => {
    expect(select([frozen("x"), instance("y")], { maxPhi: 100 }).out).toEqual(["x"]);
  });

  test("is in while one observer alone says so, unless phi is above the consumer's threshold", () => {
    const frozenSay = { accusers: 1, observers: 3 };
    const doubted = instance("x", { ...suspect, accusers: ["n4"], frozenSay });
    expect(select([doubted, instance("y")]).in).toEqual(["x", "y"]);
    expect(why(doubted)).toBe("suspect (frozen), accused by n4 alone");
    expect(select([doubted, instance("y")], { maxPhi: 8 }).out).toEqual(["x"]);
    expect(why(doubted, { maxPhi: 8 })).toBe("suspect (frozen), phi is above 8");
  });

  test("stays out of a panic, and counts neither as usable nor as known", () => {
    const instances = [frozen("x"), frozen("y"), frozen("z"), ...pool(1, 1)];
    expect(select(instances)).toMatchObject({ in: ["a0"], panic: null });
    expect(select([...instances, instance("d1", { state: "dead" })])).toMatchObject({
      in: ["a0", "d0", "d1"],
      panic: { reason: "1 of 3 are in, fewer than 50 %" },
    });
  });

  test("comes back where nothing else is left, for a filter may only look like a freeze", () => {
    expect(select([...pool(0, 1), frozen("x"), frozen("y")])).toMatchObject({
      in: ["d0", "x", "y"],
      panic: { cause: "share", share: 0 },
    });
    expect(select([frozen("x")], {}, { panicShare: 0 })).toMatchObject({ in: [], panic: null });
  });

  test("comes back to an isolated node, which is not told when the freeze ends", () => {
    expect(select([frozen("x"), instance("y")], {}, { isIsolated: true }).in).toEqual(["x", "y"]);
  });
});

test("where a member is only slow, why says so", () => {
  const slow = instance("a", { phi: 4.2, slowness: 4.2 });
  const { out } = selectEndpoints([slow, instance("b")], { maxPhi: 3 }, POLICY);
  expect(out.map(({ why }) => why)).toEqual(["alive, phi is above 3: it is slow to answer"]);
});

test("each endpoint says why it is in or out", () => {
  const instances = [
    instance("a"),
    instance("b"),
    instance("c", { phi: 9.5, reachedThrough: "a" }),
    instance("d", { state: "dead" }),
  ];
  const { endpoints, out } = selectEndpoints(instances, { maxPhi: 8 }, POLICY);
  expect([...endpoints, ...out].map(({ member, why }) => [member, why])).toEqual([
    ["a", "alive, phi is within 8"],
    ["b", "alive, phi is within 8"],
    ["c", "alive, phi is above 8, reachable only through a"],
    ["d", "dead"],
  ]);
});

test("a suspect that nobody accuses any more is in, because it was heard", () => {
  const heard = instance("a", { state: "suspect", accusers: [] });
  const { endpoints } = selectEndpoints([heard], {}, POLICY);
  expect(endpoints.map(({ why }) => why)).toEqual(["suspect, heard again"]);
});

describe("fail open", () => {
  test("what is in maintenance is out with its reason, and no panic brings it back", () => {
    const maintained = instance("m", { service: { health: "critical", maintenance: "new disks" } });
    const selection = selectEndpoints([instance("a"), maintained], {}, POLICY);
    expect(selection.out.map(({ why }) => why)).toEqual(["in maintenance: new disks"]);
    expect(selection.panic).toBeNull();
    const isolated = { isIsolated: true };
    expect(select([instance("a"), maintained], {}, isolated)).toMatchObject({
      in: ["a"],
      out: ["m"],
    });
    expect(select([maintained])).toMatchObject({ in: [], out: ["m"] });
  });

  test("at the panic share endpoints are left out, below it all known ones come back", () => {
    expect(select(pool(2, 2)).in).toEqual(["a0", "a1"]);
    expect(select(pool(2, 3))).toEqual({
      in: ["a0", "a1", "d0", "d1", "d2"],
      out: [],
      panic: { cause: "share", reason: "2 of 5 are in, fewer than 50 %", share: 0.4 },
    });
  });

  test("an isolated node gives all it knows, however many would be left", () => {
    const { in: usable, panic } = select(pool(4, 1), {}, { isIsolated: true });
    expect(usable).toHaveLength(5);
    expect(panic).toEqual({ cause: "isolated", reason: "this node is isolated", share: 0.8 });
  });

  test("a panic share of 0 turns it off, isolated or not", () => {
    expect(select(pool(0, 3), {}, { panicShare: 0, isIsolated: true })).toEqual({
      in: [],
      out: ["d0", "d1", "d2"],
      panic: null,
    });
  });

  test("a consumer's strict threshold may not empty its own pool", () => {
    const instances = [1, 2, 3].map((phi) => instance(`n${phi}`, { phi }));
    expect(select(instances, { maxPhi: 1 }).panic?.share).toBeCloseTo(1 / 3);
  });

  test("with a tag, those that have it are all that is known", () => {
    const canary = { service: { tags: ["canary"] } };
    const instances = [...pool(0, 5), instance("c1", canary), instance("c2", canary)];
    expect(select(instances, { tag: "canary" })).toEqual({
      in: ["c1", "c2"],
      out: [],
      panic: null,
    });
  });

  test("nothing known is nothing to be in panic about", () => {
    expect(select([], {}, { isIsolated: true })).toEqual({ in: [], out: [], panic: null });
  });
});

test("near first: this node itself, then by round trip, unmeasured last, ties by name", () => {
  const far = [
    instance("a", { rttMs: null }),
    instance("b", { rttMs: 2 }),
    instance("c", { rttMs: 2 }),
    instance("self", { rttMs: 0, phi: null }),
  ];
  expect(select(far, { nearSelf: true }).in).toEqual(["self", "b", "c", "a"]);
  expect(select(far).in).toEqual(["a", "b", "c", "self"]);
});
