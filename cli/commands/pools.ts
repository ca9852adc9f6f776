import type { CommandModule, Options } from "yargs";
import type { GuestChoices } from "../../src/daemon/guest/guest-settings.ts";
import {
  type AttachArgs,
  asciiOption,
  attachOptions,
  listOption,
  switchOption,
  textOption,
} from "../options.ts";
import type { LookArgs } from "../pool/look.ts";
import type { PathsArgs } from "../reading/show-paths.ts";
import { atNode } from "./at-node.ts";
import { settingOptions } from "./start.ts";

const POOL_OPTIONS = {
  pool: textOption(
    "--pool",
    "What it is: serf, consul, alertmanager, grafana or memberlist [by what its members announce]",
  ),
  label: textOption("--label", "The pool's label, where it has one"),
  "key-file": textOption(
    "--key-file",
    "File of the pool's gossip keys, base64, one a line or a JSON list",
  ),
  bind: textOption("--bind", "Address of this machine to look from [the one that leads there]"),
  "service-from": listOption(
    "tag:port: the tag that names a member's service, and its port or the tag that holds it",
  ),
} as const satisfies Record<string, Options>;

const ADDRESSES = {
  describe: "Cluster address of a member, host:port; several may be given",
  type: "string",
  array: true,
  demandOption: true,
} as const satisfies Options;

/** `hearsay look`: the dashboard on a pool of another engine. */
export const lookCommand: CommandModule<object, LookArgs> = {
  command: "look <addresses..>",
  describe: "Watch a Serf, Alertmanager, Consul or other memberlist pool from outside",
  builder: (yargs) =>
    yargs.positional("addresses", ADDRESSES).options({
      ...POOL_OPTIONS,
      ascii: asciiOption,
      record: textOption("--record", "Write what is shown to this file, as an asciicast"),
      snapshot: switchOption("Print one frame and end; the default without a terminal"),
    }),
  handler: async (args) => (await import("../pool/look.ts")).look(args),
};

/** `hearsay guest`: the same as a daemon, for the commands that ask one. */
export const guestCommand: CommandModule<object, GuestChoices> = {
  command: "guest <addresses..>",
  describe: "Stay in another engine's pool as a guest, with an API, DNS and metrics",
  builder: async (yargs) =>
    yargs.positional("addresses", ADDRESSES).options({
      ...POOL_OPTIONS,
      ...(await settingOptions(["apiTokenFile", "apiReadTokenFile", "apiCert", "apiKey"])),
      name: textOption("--name", "Name of this guest in the logs of the pool's members"),
      api: textOption("--api", "Address of the control API, or unix:/path [127.0.0.1:7373]"),
      "api-host": listOption("Host names that the API accepts beside its addresses"),
      dns: { describe: "Serve DNS, at this address [127.0.0.1:8600]", type: "string" },
      log: textOption("--log", "text or json [text on a terminal]"),
      "log-level": textOption("--log-level", "debug, info, warn or error [info]"),
      insecure: switchOption("Accept that the API or DNS is reached from other machines"),
    }),
  handler: async (args) => (await import("../pool/look.ts")).runGuest(args),
};

/** `hearsay paths`: which member of a pool cannot hear which. */
export const pathsCommand: CommandModule<object, AttachArgs & PathsArgs> = {
  command: "paths",
  describe: "Show which member cannot hear which, as a guest sees it (exit code 1 if any)",
  builder: (yargs) =>
    yargs.options({ ...attachOptions, all: switchOption("Also show paths without a fault") }),
  handler: atNode(async () => (await import("../reading/show-paths.ts")).showPaths),
};
