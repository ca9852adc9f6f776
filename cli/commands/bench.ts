import type { CommandModule } from "yargs";

/** The benchmarks are loaded when they are asked for: other commands start without them. */
export const benchCommand: CommandModule = {
  command: "bench",
  describe: "Measure hearsay on this machine",
  builder: async (yargs) => {
    const { BENCHMARKS } = await import("./benchmarks.ts");
    return yargs
      .command([...BENCHMARKS])
      .demandCommand(
        1,
        "which benchmark? hearsay bench cluster measures real processes, hearsay bench detector simulates",
      );
  },
  handler: () => {},
};
