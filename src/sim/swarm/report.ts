import type { NodeEvent } from "../../core/effect.ts";
import type { SimEvent } from "../sim-options.ts";
import { formatFault } from "./fault.ts";
import type { Violation } from "./simulate.ts";
import type { SwarmOptions } from "./swarm.ts";

/** Everything needed to understand a violation and to see it again, in lines. */
export function formatViolation(options: SwarmOptions, violation: Violation): string {
  const { rule, detail, atMs, lastEvents } = violation;
  return [
    `seed ${options.rngSeed} breaks a rule at ${seconds(atMs)}: ${rule}`,
    ...indent(detail.split("\n")),
    ...formatOptions(options),
    "last events:",
    ...indent(lastEvents.map(formatEvent)),
    `replay: ${replayCommand(options.rngSeed)}`,
  ].join("\n");
}

/** What the seed drew, in lines. */
export function formatOptions(options: SwarmOptions): string[] {
  const { faults, ...rest } = options;
  const drawn = Object.entries(rest).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  return [
    "drawn:",
    ...indent(drawn),
    `faults: ${faults.length}`,
    ...indent(faults.map(formatFault)),
  ];
}

/** The command that runs one seed again. */
export function replayCommand(rngSeed: number): string {
  return `hearsay sim --swarm --rng-seed ${rngSeed}`;
}

function formatEvent({ atMs, node, event }: SimEvent): string {
  return `${seconds(atMs)}  ${node}  ${describe(event)}`;
}

function describe({ kind, ...rest }: NodeEvent): string {
  const details = Object.entries(rest).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return [kind, ...details].join(" ");
}

function seconds(atMs: number): string {
  return `${(atMs / 1000).toFixed(3)} s`;
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
