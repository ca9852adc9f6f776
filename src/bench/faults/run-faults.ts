import { median, quantile } from "../../text/quantiles.ts";
import { formatTable, right } from "../../text/table.ts";
import { type BenchOutput, putFigures } from "../bench-output.ts";
import { describeConditions, readConditions } from "../conditions.ts";
import type { Preset } from "../preset.ts";
import { type GateState, measureSendCost } from "./measure-cost.ts";
import { measureDelayErrors } from "./measure-delays.ts";

const PLANS = {
  full: { forMs: 20_000, sends: 1_000_000, samples: 20 },
  short: { forMs: 300, sends: 1_000, samples: 3 },
} as const;

const DATAGRAMS_PER_S = 1_000;
const DELAYS_MS = [0, 5, 50, 400];
const GOAL_MS = 2;

interface DelayFigure {
  readonly delayMs: number;
  readonly datagrams: number;
  /** Of the distance between the time that was asked for and the one that it took, either way. */
  readonly errorMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

interface CostFigure {
  readonly state: GateState;
  readonly sendNs: number;
}

/** `hearsay bench faults`: how exact the fault gate's delays are, and what a datagram pays for it. */
export async function runFaultsBench(preset: Preset, output: BenchOutput): Promise<void> {
  const { forMs, sends, samples } = PLANS[preset];
  const conditions = readConditions(undefined);
  output.talk(`${DATAGRAMS_PER_S} datagrams/s over loopback for ${forMs / 1000} s …`);
  const plan = { datagramsPerS: DATAGRAMS_PER_S, forMs, delaysMs: DELAYS_MS };
  const delays = [...(await measureDelayErrors(plan))].map(delayFigure);
  const costs = [...measureSendCost({ sends, samples })].map(
    ([state, ns]): CostFigure => ({ state, sendNs: median(ns) }),
  );
  const body = { conditions, datagramsPerS: DATAGRAMS_PER_S, delays, costs };
  putFigures(output, body, [...formatDelays(delays), "", ...formatCosts(costs)]);
  output.talk("How late a datagram without a delay (0 ms) is shows the machine's own share.");
  output.talk(describeConditions(conditions));
}

function delayFigure([delayMs, errors]: readonly [number, readonly number[]]): DelayFigure {
  const distances = errors.map(Math.abs);
  const at = (share: number) => quantile(distances, share);
  const errorMs = { p50: at(0.5), p99: at(0.99), max: at(1) };
  return { delayMs, datagrams: errors.length, errorMs };
}

function formatDelays(delays: readonly DelayFigure[]): string[] {
  const titles = ["DELAY", "DATAGRAMS", "ERROR p50", "p99", "max", `GOAL ≤ ${GOAL_MS} ms`];
  const rows = delays.map(({ delayMs, datagrams, errorMs: { p50, p99, max } }) => [
    `${delayMs} ms`,
    String(datagrams),
    ...[p50, p99, max].map((errorMs) => `${errorMs.toFixed(2)} ms`),
    p99 <= GOAL_MS ? (max <= GOAL_MS ? "met by all" : "met by 99 %") : "missed",
  ]);
  return formatTable(titles.map(right), rows);
}

function formatCosts(costs: readonly CostFigure[]): string[] {
  const without = costs.find(({ state }) => state === "no gate")?.sendNs ?? 0;
  return formatTable(
    ["A SEND", right("PAYS")],
    costs.map(({ state, sendNs }) => [
      WORDS[state],
      state === "no gate" ? "0 ns" : `${Math.max(0, sendNs - without).toFixed(0)} ns`,
    ]),
  );
}

const WORDS: Readonly<Record<GateState, string>> = {
  "no gate": "without --allow-faults (there is no gate)",
  "no rules": "with a gate and no rules",
  "other links": "with rules about other links",
  "this link": "with a rule about this link",
};
