import type { CommandModule } from "yargs";
import {
  DILEMMA_PLANS,
  DILEMMA_PRESETS,
  type DilemmaPreset,
} from "../bench/dilemma/dilemma-plan.ts";

interface BenchDilemmaArgs {
  readonly preset: DilemmaPreset;
  readonly world: "sim" | "real" | "both";
  readonly json: boolean;
}

export const benchDilemmaCommand: CommandModule<object, BenchDilemmaArgs> = {
  command: "dilemma",
  describe:
    "Too short or too long: one crash and one slow server, judged at maxPhi 1 to 12 and by fixed timeouts",
  builder: (yargs) =>
    yargs.options({
      preset: {
        describe: "full: the table, two minutes; short: to see that it works",
        choices: DILEMMA_PRESETS,
        default: "full" as const,
      },
      world: {
        describe: "In virtual time, with real processes, or both",
        choices: ["sim", "real", "both"] as const,
        default: "both" as const,
      },
      json: { describe: "JSON for programs instead of text", type: "boolean", default: false },
    }),
  handler: async ({ preset, world, json }) => {
    const [{ runDilemma }, { openOutput }] = await Promise.all([
      import("../bench/dilemma/run-dilemma.ts"),
      import("../output.ts"),
    ]);
    const worlds = world === "both" ? (["sim", "real"] as const) : [world];
    await runDilemma(DILEMMA_PLANS[preset], worlds, openOutput({ json }));
  },
};
