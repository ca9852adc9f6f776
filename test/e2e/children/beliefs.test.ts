import { expect, test } from "vitest";
import type { MemberState } from "../../../src/core/member.ts";
import { Beliefs, type SeenBelief } from "./beliefs.ts";

const WITHIN_MS = 60_000;

function beliefsOf(...viewers: string[]) {
  const beliefs = new Beliefs<SeenBelief>();
  for (const viewer of viewers) beliefs.reset(viewer);
  const tell = (viewer: string, member: string, to: MemberState) =>
    beliefs.note({ viewer, change: { member, to } });
  return { beliefs, tell };
}

/** Whether a wait is over by now, without letting time pass. */
async function isOver(wait: Promise<void>): Promise<boolean> {
  const marker = Symbol();
  return (await Promise.race([wait, Promise.resolve(marker)])) !== marker;
}

test("all see it once the last viewer has told so", async () => {
  const { beliefs, tell } = beliefsOf("n1", "n2");
  const wait = beliefs.allSee("dead", ["n3"], ["n1", "n2"], WITHIN_MS);
  tell("n1", "n3", "dead");
  expect(await isOver(wait)).toBe(false);
  tell("n2", "n3", "dead");
  expect(await isOver(wait)).toBe(true);
});

test("what a viewer takes back has to be told again", async () => {
  const { beliefs, tell } = beliefsOf("n1", "n2");
  const wait = beliefs.allSee("alive", ["n3"], ["n1", "n2"], WITHIN_MS);
  tell("n1", "n3", "alive");
  tell("n1", "n3", "suspect");
  tell("n2", "n3", "alive");
  expect(await isOver(wait)).toBe(false);
  tell("n1", "n3", "alive");
  expect(await isOver(wait)).toBe(true);
});

test("what all see already is not waited for", async () => {
  const { beliefs, tell } = beliefsOf("n1");
  tell("n1", "n3", "left");
  expect(await isOver(beliefs.allSee("left", ["n3"], ["n1"], WITHIN_MS))).toBe(true);
});

test("the words of others, and on others, are not asked for", async () => {
  const { beliefs, tell } = beliefsOf("n1", "n2");
  const wait = beliefs.allSee("dead", ["n3"], ["n1"], WITHIN_MS);
  tell("n2", "n3", "dead");
  tell("n1", "n2", "dead");
  expect(await isOver(wait)).toBe(false);
  tell("n1", "n3", "dead");
  expect(await isOver(wait)).toBe(true);
});

test("a restarted viewer believes nothing", () => {
  const { beliefs, tell } = beliefsOf("n1");
  tell("n1", "n3", "alive");
  beliefs.reset("n1");
  expect(beliefs.of("n1", "n3")).toBeUndefined();
});

test("a wait that ends in vain names who sees it otherwise", async () => {
  const { beliefs, tell } = beliefsOf("n1", "n2");
  tell("n1", "n3", "suspect");
  await expect(beliefs.allSee("dead", ["n3"], ["n1", "n2"], 1)).rejects.toThrow(
    "n3 should be dead, but n1 sees n3 suspect, n2 sees n3 not at all",
  );
});
