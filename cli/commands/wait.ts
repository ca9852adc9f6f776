import type { CommandModule } from "yargs";
import { type AttachArgs, attachOptions, durationOption } from "../options.ts";
import { type Condition, parseCondition } from "../reading/condition.ts";

interface WaitArgs extends AttachArgs {
  readonly for: readonly Condition[];
  readonly timeout: number;
}

export const waitCommand: CommandModule<object, WaitArgs> = {
  command: "wait",
  describe: "Wait until the node answers and a condition holds, for scripts and CI",
  builder: (yargs) =>
    yargs.options({
      ...attachOptions,
      for: {
        describe:
          "converged (the node's view is whole, all who are present see the same, and nobody is suspected; it says " +
          "nothing of how many are present: add --for alive=3), alive=5, dead=n3, left=n3, suspect=n3 or member=n3; several must hold at once",
        type: "string",
        requiresArg: true,
        demandOption: true,
        coerce: (value: unknown) => [value].flat().map((text) => parseCondition(String(text))),
      },
      timeout: durationOption("--timeout", "Give up after this time (exit code 1)", "30s"),
    }),
  handler: async (args) => {
    const [{ openSession }, { waitFor }] = await Promise.all([
      import("../session.ts"),
      import("../reading/wait-for.ts"),
    ]);
    await waitFor(() => openSession(args), args.for, args.timeout);
  },
};
