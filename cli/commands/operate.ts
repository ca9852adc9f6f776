import type { CommandModule } from "yargs";
import {
  type AttachArgs,
  attachOptions,
  durationOption,
  memberPositional,
  neededPositional,
} from "../options.ts";
import { atNode } from "./at-node.ts";

/** `hearsay join`: makes a running node dial further addresses. */
export const joinCommand: CommandModule<
  object,
  AttachArgs & { readonly addresses: readonly string[]; readonly timeout: number }
> = {
  command: "join <addresses..>",
  describe: "Make a node join the cluster at these gossip addresses",
  builder: (yargs) =>
    yargs
      .options({
        ...attachOptions,
        timeout: durationOption("--timeout", "Give up after this time (exit code 1)", "10s"),
      })
      .positional("addresses", {
        ...neededPositional("host:port of members, names allowed"),
        array: true,
      }),
  handler: atNode(async () => (await import("../reading/operate.ts")).joinAddresses),
};

/** `hearsay leave`: makes a node leave its cluster and end. */
export const leaveCommand: CommandModule<object, AttachArgs> = {
  command: "leave",
  describe: "Make a node leave the cluster and end",
  builder: (yargs) => yargs.options(attachOptions),
  handler: atNode(async () => (await import("../reading/operate.ts")).leaveCluster),
};

/** `hearsay forget`: removes a member that will not return. */
export const forgetCommand: CommandModule<object, AttachArgs & { readonly member: string }> = {
  command: "forget <member>",
  describe: "Make the cluster forget a dead or left member now",
  builder: (yargs) => yargs.options(attachOptions).positional("member", memberPositional),
  handler: atNode(async () => (await import("../reading/operate.ts")).forgetMember),
};

/** `hearsay reload`: makes a node read its settings again. */
export const reloadCommand: CommandModule<object, AttachArgs> = {
  command: "reload",
  describe: "Make a node reload its tags, services, log level and keys",
  builder: (yargs) => yargs.options(attachOptions),
  handler: atNode(async () => (await import("../reading/operate.ts")).reloadSettings),
};
