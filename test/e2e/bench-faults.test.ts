import { expect, test } from "vitest";
import { runHearsay } from "./run-hearsay.ts";

test("the bench of the fault gate loses no datagram and tells every figure", async () => {
  const words = ["bench", "faults", "--preset", "short", "--json"];
  const { exitCode, stdout, stderr } = await runHearsay(words);
  expect(exitCode, stderr).toBe(0);
  const { delays, costs } = JSON.parse(stdout) as {
    delays: { delayMs: number; datagrams: number; errorMs: { p50: number } }[];
    costs: { state: string; sendNs: number }[];
  };
  expect(delays.map(({ datagrams }) => datagrams)).toEqual([75, 75, 75, 75]);
  // How exact they are is for the full bench to say: here the machine is busy with other tests.
  expect(delays.every(({ errorMs }) => errorMs.p50 < 500)).toBe(true);
  expect(costs.map(({ state }) => state)).toEqual([
    "no gate",
    "no rules",
    "other links",
    "this link",
  ]);
  expect(costs.every(({ sendNs }) => sendNs > 0)).toBe(true);
});
