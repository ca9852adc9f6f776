import type { CommandModule } from "yargs";
import { type AttachArgs, attachOptions, memberPositional } from "../options.ts";
import { atNode } from "./at-node.ts";

const operations = () => import("../reading/operate.ts");

interface JoinArgs extends AttachArgs {
  readonly addresses: readonly string[];
}

/** `hearsay join`: makes a running node dial further addresses. */
export const joinCommand: CommandModule<object, JoinArgs> = {
  command: "join <addresses..>",
  describe: "Make a node join the cluster at these gossip addresses",
  builder: (yargs) =>
    yargs.options(attachOptions).positional("addresses", {
      describe: "host:port of members, names allowed",
      type: "string",
      array: true,
      demandOption: true,
    }),
  handler: (args) =>
    atNode(args, operations, (session, { joinAddresses }) =>
      joinAddresses(session, args.addresses),
    ),
};

/** `hearsay leave`: makes a node leave its cluster and end. */
export const leaveCommand: CommandModule<object, AttachArgs> = {
  command: "leave",
  describe: "Make a node leave the cluster and end",
  builder: (yargs) => yargs.options(attachOptions),
  handler: (args) => atNode(args, operations, (session, { leaveCluster }) => leaveCluster(session)),
};

interface ForgetArgs extends AttachArgs {
  readonly member: string;
}

/** `hearsay forget`: removes a member that will not return. */
export const forgetCommand: CommandModule<object, ForgetArgs> = {
  command: "forget <member>",
  describe: "Make the cluster forget a dead or left member now",
  builder: (yargs) => yargs.options(attachOptions).positional("member", memberPositional),
  handler: (args) =>
    atNode(args, operations, (session, { forgetMember }) => forgetMember(session, args.member)),
};

/** `hearsay reload`: makes a node read its settings again. */
export const reloadCommand: CommandModule<object, AttachArgs> = {
  command: "reload",
  describe: "Make a node reload its tags, services and log level",
  builder: (yargs) => yargs.options(attachOptions),
  handler: (args) =>
    atNode(args, operations, (session, { reloadSettings }) => reloadSettings(session)),
};
