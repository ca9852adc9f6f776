import { expect, test } from "vitest";
import { runHearsay } from "./run-hearsay.ts";

test("the bench of the fault gate loses no datagram and tells every figure", async () => {
  const words = ["bench", "faults", "--preset", "short", "--json"];
  const { exitCode, stdout, stderr } = await runHearsay(words);
  expect(exitCode, stderr).toBe(0);
  const { delays, costs } = JSON.parse(stdout) as {
    delays: { delayMs: number; datagrams: number; errorMs: { max: number } }[];
    costs: { state: string; sendNs: number }[];
  };
  expect(delays.map(({ datagrams }) => datagrams)).toEqual([75, 75, 75, 75]);
  // A busy machine is late; none is early by more than the timer's half a millisecond.
  expect(delays.every(({ errorMs }) => errorMs.max < 1_000)).toBe(true);
  expect(costs.map(({ state }) => state)).toEqual([
    "no gate",
    "no rules",
    "other links",
    "this link",
  ]);
  expect(costs.every(({ sendNs }) => sendNs > 0)).toBe(true);
});
