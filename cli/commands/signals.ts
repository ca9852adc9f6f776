import type { CommandModule } from "yargs";
import type { DaemonFault } from "../../src/local/signal-daemons.ts";
import { formatTimeOfDay } from "../../src/text/quantities.ts";
import { jsonOption, neededPositional, stateDirOption } from "../options.ts";
import { openOutput, printJson } from "../output.ts";

interface SignalArgs {
  readonly names: readonly string[];
  readonly stateDir?: string | undefined;
  readonly json: boolean;
}

/** `hearsay kill`: what a crash looks like. */
export const killCommand = command("kill", "Kill background daemons (SIGKILL): they crash", {
  done: "killed",
  next: "hearsay up starts them again",
});

/** `hearsay freeze`: what a stopped process looks like. */
export const freezeCommand = command("freeze", "Stop background daemons (SIGSTOP): they freeze", {
  done: "frozen",
  next: "hearsay thaw lets them run again",
});

/** `hearsay thaw`: the end of a freeze. */
export const thawCommand = command("thaw", "Let frozen background daemons run again (SIGCONT)", {
  done: "running again",
  next: "hearsay events tells who noticed",
});

function command(
  fault: DaemonFault,
  describe: string,
  { done, next }: { readonly done: string; readonly next: string },
): CommandModule<object, SignalArgs> {
  return {
    command: `${fault} <names..>`,
    describe,
    builder: (yargs) =>
      yargs.options({ "state-dir": stateDirOption, json: jsonOption }).positional("names", {
        ...neededPositional("Daemons of hearsay up or demo, by name"),
        array: true,
      }),
    handler: async ({ names, stateDir, json }) => {
      const [{ openStateDirectory, stateDirectoryPath }, { signalDaemons }] = await Promise.all([
        import("../../src/local/state-directory.ts"),
        import("../../src/local/signal-daemons.ts"),
      ]);
      const output = openOutput({ json });
      const directory = openStateDirectory(stateDirectoryPath(stateDir, process.env));
      const daemons = signalDaemons(directory, fault, names);
      const time = new Date().toISOString();
      if (printJson(output, { v: 1, [fault]: names, time })) return;
      const who = daemons.map(({ name, pid }) => `${name} (pid ${pid})`).join(", ");
      output.data(`${formatTimeOfDay(time)}  ${who} ${done}; ${next}`);
    },
  };
}
