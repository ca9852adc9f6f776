import { describe, expect, test } from "vitest";
import { mayAccuse, mayDeclare } from "../../../src/core/detection/connectivity-gate.ts";

describe("whether a round that nobody answered accuses", () => {
  const facts = { isPair: false, isIsolated: false, heardOther: true, nacks: 1, repeats: 0 };

  test("somebody else was heard and a helper said no: accused", () => {
    expect(mayAccuse(facts)).toBe("accused");
  });
  test("no helper said no: repeated, after two repeats accused", () => {
    expect(mayAccuse({ ...facts, nacks: 0 })).toBe("repeated");
    expect(mayAccuse({ ...facts, nacks: 0, repeats: 1 })).toBe("repeated");
    expect(mayAccuse({ ...facts, nacks: 0, repeats: 2 })).toBe("accused");
  });
  test("nobody else was heard: repeated, after two repeats withheld, whatever the nacks", () => {
    expect(mayAccuse({ ...facts, heardOther: false })).toBe("repeated");
    expect(mayAccuse({ ...facts, heardOther: false, repeats: 2 })).toBe("withheld");
  });
  test("this node is isolated: withheld at once, whoever was heard and said no", () => {
    expect(mayAccuse({ ...facts, isIsolated: true })).toBe("withheld");
  });
  test("of two members nobody could vouch for either: accused", () => {
    const nobody = { heardOther: false, nacks: 0, repeats: 0 };
    expect(mayAccuse({ ...facts, ...nobody, isPair: true })).toBe("accused");
  });
});

describe("whether a node may declare a death", () => {
  const facts = { isPair: false, isIsolated: false, anybodyHeardAt: 1000, probeIntervalMs: 1000 };

  test("it has heard somebody within a period: it may", () => {
    expect(mayDeclare(facts, 2000)).toBe(true);
    expect(mayDeclare(facts, 2001)).toBe(false);
  });
  test("it has heard nobody yet, or is isolated: it may not", () => {
    expect(mayDeclare({ ...facts, anybodyHeardAt: undefined }, 1000)).toBe(false);
    expect(mayDeclare({ ...facts, isIsolated: true }, 1000)).toBe(false);
  });
  test("of two members either may, whatever it heard", () => {
    const deaf = { ...facts, isPair: true, isIsolated: true, anybodyHeardAt: undefined };
    expect(mayDeclare(deaf, 9000)).toBe(true);
  });
});
