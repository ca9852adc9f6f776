import type { CommandModule } from "yargs";
import type { ProfileName } from "../../src/core/config.ts";
import {
  DISCOVERY_PRESETS,
  DISCOVERY_ROWS,
  type DiscoveryPreset,
  type DiscoveryRow,
  makeDiscoveryPlan,
  parseDiscoveryRows,
} from "../../src/bench/discovery/discovery-plan.ts";
import { once, parseCount } from "../options.ts";

interface BenchDiscoveryArgs {
  readonly preset: DiscoveryPreset;
  readonly rows?: readonly DiscoveryRow[] | undefined;
  readonly profile?: ProfileName | undefined;
  readonly runs?: number | undefined;
  readonly json: boolean;
}

export const benchDiscoveryCommand: CommandModule<object, BenchDiscoveryArgs> = {
  command: "discovery",
  describe: "What consumers see: HAProxy over DNS, a cascade, watchers, requests a second",
  builder: (yargs) =>
    yargs.options({
      preset: {
        describe: "full: the table, some minutes; short: each row once, to see that it works",
        choices: DISCOVERY_PRESETS,
        default: "full" as const,
      },
      rows: {
        describe: `Which rows, of ${DISCOVERY_ROWS.join(",")} [all]`,
        type: "string",
        requiresArg: true,
        coerce: given("--rows", parseDiscoveryRows),
      },
      profile: {
        describe: "Pace of kill, leave and cascade [local]",
        choices: ["local", "lan", "wan"] as const,
      },
      runs: {
        describe: "Runs that a figure is made of [5]",
        type: "string",
        requiresArg: true,
        coerce: given("--runs", (option, text) => parseCount(option, text, 1, 100)),
      },
      json: { describe: "JSON for programs instead of text", type: "boolean", default: false },
    }),
  handler: async ({ json, ...choice }) => {
    const [{ runDiscoveryBench }, { openOutput }] = await Promise.all([
      import("../../src/bench/discovery/run-discovery.ts"),
      import("../output.ts"),
    ]);
    await runDiscoveryBench(makeDiscoveryPlan(choice), openOutput({ json }));
  },
};

function given<T>(option: string, parse: (option: string, text: string) => T) {
  const single = once(option);
  return (value: unknown): T | undefined => {
    const text = single(value);
    return text === undefined ? undefined : parse(option, text);
  };
}
