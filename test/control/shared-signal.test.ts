import { afterEach, beforeEach, expect, test } from "vitest";
import { connectControl } from "../../src/control/client.ts";
import { abortable, nextOf } from "../../src/embedding/abortable.ts";
import { openApi } from "./api.ts";

const warnings: string[] = [];
const note = ({ name }: Error) => warnings.push(name);
beforeEach(() => {
  warnings.length = 0;
  process.on("warning", note);
});
afterEach(() => process.removeListener("warning", note));

/** More than Node allows without a word. */
const MANY = Array.from({ length: 20 }, (_, at) => at);

/** Warnings are told a turn later. */
const told = () => new Promise<void>((resolve) => setImmediate(resolve));

const soon = (listener: () => void) => {
  const timer = setImmediate(listener);
  return () => clearImmediate(timer);
};

test("as many requests as are wanted wait for one signal, without a warning of a leak", async () => {
  const { url, node } = await openApi();
  const { signal } = new AbortController();
  const client = connectControl(url);
  const index = node.events.newest;
  const { startId } = await client.members();
  const asked = { index, startId, waitMs: 50, signal };
  await Promise.all(MANY.map(() => client.members(asked)));
  await told();
  expect(warnings).toEqual([]);
  client.close();
});

test("as many calls of an embedder, too", async () => {
  const { signal } = new AbortController();
  await Promise.all([
    ...MANY.map(() => abortable(told(), signal)),
    ...MANY.map(() => nextOf(soon, signal)),
  ]);
  await told();
  expect(warnings).toEqual([]);
});
