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
    `replay: ${replayCommand(options)}`,
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
export function replayCommand({ rngSeed, story }: Pick<SwarmOptions, "rngSeed" | "story">): string {
  return `hearsay sim --swarm --story ${story} --rng-seed ${rngSeed}`;
}

/** The classes of faults that a run has, each once, to be counted. */
export function classesOf(options: SwarmOptions): readonly string[] {
  const { story, faults, tombstones, seeds, absent, unresolved } = options;
  return [
    ...new Set([
      `story ${story}`,
      ...faults.map(({ fault }) => fault.kind),
      ...(tombstones === null ? [] : [`${tombstones.count} tombstones`]),
      ...(absent.length > 0
        ? [`${seeds > 16 ? "more than 16 seeds" : "seeds"}, the first down`]
        : []),
      ...(unresolved.length > 0 ? ["seeds that do not resolve yet"] : []),
    ]),
  ];
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
