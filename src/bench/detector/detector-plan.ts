import { ConfigError } from "../../core/errors.ts";
import type { Preset } from "../preset.ts";
import type { BenchmarkCase, Workload } from "./workloads/workload.ts";
import { casesOf } from "./workloads/workload.ts";
import { WORKLOADS } from "./workloads/workloads.ts";

/** What was asked for on the command line. */
export interface DetectorChoice {
  readonly preset: Preset;
  /** Names of workloads or of groups; all of the preset unless given. */
  readonly workloads?: readonly string[] | undefined;
  readonly sizes?: readonly number[] | undefined;
  /** At most so many trials of each row. */
  readonly runs?: number | undefined;
  readonly rngSeed: number;
}

/** The short preset shows that everything works; its figures mean little. */
const SHORT = {
  sizes: [8],
  trialsMax: 1,
  workloads: [
    "process-crash",
    "host-crash",
    "mass-crash-process",
    "calm-loss-20",
    "freeze-5s",
    "pause-2.5s",
    "one-way-deaf",
    "partition",
    "rolling-restart",
    "join-burst",
    "rapid-egress-80",
  ],
};

/**
 * The cases to run, in the order of the report.
 *
 * @throws ConfigError where a name is no workload and no group
 */
export function chooseCases({
  preset,
  workloads,
  sizes,
  runs,
  rngSeed,
}: DetectorChoice): BenchmarkCase[] {
  const isShort = preset === "short";
  const chosen = pickWorkloads(workloads ?? (isShort ? SHORT.workloads : undefined));
  return chosen.flatMap((workload) =>
    casesOf(
      workload,
      sizes ?? (isShort ? SHORT.sizes : workload.sizes),
      rngSeed,
      runs ?? (isShort ? SHORT.trialsMax : undefined),
    ),
  );
}

function pickWorkloads(names: readonly string[] | undefined): readonly Workload[] {
  if (names === undefined) return WORKLOADS;
  for (const wanted of names) {
    if (WORKLOADS.some((workload) => isMeant(workload, wanted))) continue;
    const groups = [...new Set(WORKLOADS.map(({ group }) => group))];
    throw new ConfigError(
      `--workload: ${JSON.stringify(wanted)} is not a workload; name a group (${groups.join(", ")}) ` +
        `or some of ${WORKLOADS.map(({ name }) => name).join(", ")}`,
    );
  }
  return WORKLOADS.filter((workload) => names.some((wanted) => isMeant(workload, wanted)));
}

function isMeant({ name, group }: Workload, wanted: string): boolean {
  return name === wanted || group === wanted;
}
