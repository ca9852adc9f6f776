import type { CommandModule } from "yargs";
import {
  type AttachArgs,
  attachOptions,
  durationOption,
  memberPositional,
  neededPositional,
  textOption,
} from "../options.ts";
import type { MaintArgs } from "../reading/operate.ts";
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

/** `hearsay maint`: takes services out of discovery. */
export const maintCommand: CommandModule<object, AttachArgs & MaintArgs> = {
  command: "maint [action] [service]",
  describe: "Take services of a node out of discovery, and back",
  builder: (yargs) =>
    yargs
      .options({
        ...attachOptions,
        reason: textOption("--reason", "With on: why, for consumers and colleagues"),
      })
      .positional("action", {
        describe: "on takes them out, off brings them back",
        choices: ["on", "off", "show"] as const,
        default: "show" as const,
      })
      .positional("service", { describe: "Only this one [all of the node]", type: "string" })
      .example('$0 maint on web --reason "new disks"', "its endpoint is out, at every consumer"),
  handler: atNode(async () => (await import("../reading/operate.ts")).maintain),
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
