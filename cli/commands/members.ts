import type { CommandModule } from "yargs";
import { UsageError } from "../errors.ts";
import type { ShownState } from "../format/text-style.ts";
import { type AttachArgs, attachOptions, once } from "../options.ts";

interface MembersArgs extends AttachArgs {
  readonly watch: boolean;
  readonly status: readonly ShownState[];
  readonly service?: string | undefined;
}

const STATES: readonly ShownState[] = ["alive", "suspect", "dead", "left"];

export const membersCommand: CommandModule<object, MembersArgs> = {
  command: "members",
  describe: "List the members as one node sees them",
  builder: (yargs) =>
    yargs.options({
      ...attachOptions,
      watch: { describe: "Show every change until Ctrl-C", type: "boolean", default: false },
      status: {
        describe: "Only members that are alive, suspect, dead or left; several with commas",
        type: "string",
        requiresArg: true,
        default: [],
        coerce: parseStates,
      },
      service: {
        describe: "Only members that offer this service",
        type: "string",
        requiresArg: true,
        coerce: once("--service"),
      },
    }),
  handler: async (args) => {
    const [{ openSession }, { showMembers }] = await Promise.all([
      import("../session.ts"),
      import("../reading/show-members.ts"),
    ]);
    const { watch, status: states, service } = args;
    await showMembers(await openSession(args), { watch, states, service });
  },
};

function parseStates(value: unknown): ShownState[] {
  const words = [value].flat().flatMap((text) => String(text).split(","));
  return words.map((word) => {
    const state = STATES.find((known) => known === word);
    if (state !== undefined) return state;
    throw new UsageError(`--status: ${JSON.stringify(word)} is none of ${STATES.join(", ")}`);
  });
}
