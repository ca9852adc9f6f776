import type { CommandModule } from "yargs";
import { parseWaitCondition, type WaitCondition } from "../../src/control/client/wait-condition.ts";
import { SHOWN_STATES, type ShownState } from "../../src/control/shown-states.ts";
import { UsageError } from "../errors.ts";
import {
  type AttachArgs,
  attachOptions,
  durationOption,
  listOption,
  memberPositional,
  switchOption,
  textOption,
  valueOption,
} from "../options.ts";
import type { MembersArgs } from "../reading/show-members.ts";
import type { RttArgs } from "../reading/show-round-trips.ts";
import type { ResolveArgs } from "../reading/show-services.ts";
import { atNode } from "./at-node.ts";

/** `hearsay members`: the members as one node sees them. */
export const membersCommand: CommandModule<object, AttachArgs & MembersArgs> = {
  command: "members",
  describe: "List the members as one node sees them",
  builder: (yargs) =>
    yargs.options({
      ...attachOptions,
      watch: switchOption("Show every change until Ctrl-C"),
      status: {
        describe: "Only members that are alive, suspect, dead or left; several with commas",
        type: "string",
        requiresArg: true,
        default: [],
        coerce: parseStates,
      },
      service: textOption("--service", "Only members that offer this service"),
      tag: listOption("Only members with this tag: key=value or key; several must all be there"),
    }),
  handler: atNode(async () => (await import("../reading/show-members.ts")).showMembers),
};

function parseStates(value: unknown): ShownState[] {
  const words = [value].flat().flatMap((text) => String(text).split(","));
  return words.map((word) => {
    const state = SHOWN_STATES.find((known) => known === word);
    if (state !== undefined) return state;
    throw new UsageError(`--status: ${JSON.stringify(word)} is none of ${SHOWN_STATES.join(", ")}`);
  });
}

/** `hearsay explain`: why a member is in its state. */
export const explainCommand: CommandModule<object, AttachArgs & { readonly member: string }> = {
  command: "explain <member>",
  describe: "Explain why a member is in its state",
  builder: (yargs) => yargs.options(attachOptions).positional("member", memberPositional),
  handler: atNode(async () => (await import("../reading/show-views.ts")).showExplanation),
};

/** `hearsay rtt`: round trips, the nearest member first. */
export const rttCommand: CommandModule<object, AttachArgs & RttArgs> = {
  command: "rtt [member]",
  describe: "Show the round trips that nodes measure with their pings",
  builder: (yargs) =>
    yargs
      .options({ ...attachOptions, all: switchOption("Of every member whose API can be reached") })
      .positional("member", { describe: "Only to and from this member", type: "string" }),
  handler: atNode(async () => (await import("../reading/show-round-trips.ts")).showRoundTrips),
};

/** `hearsay doctor`: what is wrong around a node, with remedies. */
export const doctorCommand: CommandModule<object, AttachArgs> = {
  command: "doctor",
  describe: "Check a node and its network, with a remedy for each problem",
  builder: (yargs) =>
    yargs
      .options(attachOptions)
      .epilogue(
        "It asks the node and every member whose API it can reach. Where the node runs on this machine, it also tries " +
          "the gossip port of each member by TCP, and a closed port of each host by UDP. Exit code 1: something is wrong.",
      ),
  handler: atNode(async () => (await import("../reading/show-doctor.ts")).showDoctor),
};

/** `hearsay views`: who sees what, grouped by view. */
export const viewsCommand: CommandModule<object, AttachArgs> = {
  command: "views",
  describe: "Show who sees what, grouped by view",
  builder: (yargs) => yargs.options(attachOptions),
  handler: atNode(async () => (await import("../reading/show-views.ts")).showViews),
};

/** `hearsay resolve`: endpoints of a service. */
export const resolveCommand: CommandModule<object, AttachArgs & ResolveArgs> = {
  command: "resolve [service]",
  describe: "Endpoints of a service, as a load balancer would get them",
  builder: (yargs) =>
    yargs
      .positional("service", {
        describe: "Name of the service; without it, all services",
        type: "string",
      })
      .options({
        ...attachOptions,
        "max-phi": valueOption(
          "--max-phi",
          "Leave out endpoints above this level of suspicion",
          parsePhi,
        ),
        tag: textOption("--tag", "Only endpoints with this tag"),
        near: switchOption("Nearest to the node first, by round trip"),
        watch: switchOption("Print every change until Ctrl-C"),
      }),
  handler: atNode(async () => (await import("../reading/show-services.ts")).resolve),
};

function parsePhi(option: string, text: string): number {
  const phi = /^\d{1,4}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (phi >= 0) return phi;
  throw new UsageError(
    `${option}: ${JSON.stringify(text)} is not a level of suspicion; use a number such as 3 or 0.5`,
  );
}

interface WaitArgs extends AttachArgs {
  readonly for: readonly WaitCondition[];
  readonly timeout: number;
}

/** `hearsay wait`: for scripts that wait for a condition. */
export const waitCommand: CommandModule<object, WaitArgs> = {
  command: "wait",
  describe: "Wait until a condition holds, for scripts and CI",
  builder: (yargs) =>
    yargs.options({
      ...attachOptions,
      for: {
        describe:
          "converged (the node's view is whole, all present members have the same view, and none is suspected; it does " +
          "not say how many are present: add --for alive=3), alive=5, dead=n3, left=n3, suspect=n3 or member=n3; several must hold at once",
        type: "string",
        requiresArg: true,
        demandOption: true,
        coerce: (value: unknown) => [value].flat().map((text) => parseWaitCondition(String(text))),
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
