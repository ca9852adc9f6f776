import type { CommandModule, Options } from "yargs";
import type { Flags } from "../local/run-daemon.ts";
import { once, textOption } from "../options.ts";

/** Said of settings in `--help`, where the form of the value alone does not tell what it is for. */
const PURPOSES: Readonly<Record<string, string>> = {
  name: "Name of this node, unique in the cluster [host name]",
  bind: "Where gossip is received [127.0.0.1:7946]; port 0: any",
  advertise: "Address that the others use, if it is not the bound one",
  join: "Gossip address of any member; repeatable",
  api: "Where the control API listens [127.0.0.1:7373]; port 0: any",
  apiHost: "Host name that the API accepts, beside localhost and addresses; repeatable",
  dns: "Serve DNS for load balancers, UDP and TCP [off; without an address 127.0.0.1:8600]; port 0: any",
  dnsTtlS: "Seconds for which a resolver may remember an answer [0]",
  profile: "Pace of the protocol, one a cluster [lan]",
  cluster: "Label of the cluster; others are not heard [hearsay]",
  dataDir: "Directory that keeps the incarnation and known members across restarts",
  tags: "key=value that the others see; repeatable",
  services: "name:port that this node offers; repeatable",
  allowScripts: "Let requests to the API register script checks, which this daemon runs",
  panic: "Share of usable endpoints below which all known ones are given, in percent [50]",
  removals:
    "Share of a service's endpoints that silence may take out within a minute, in percent; name=share for single services [25]",
  flapHoldMs: "Longest time that a flapping endpoint is kept out; 0 never [30000]",
  deadKnownMs: "How long the endpoints of dead members stay known to consumers [600000]",
  onEvent: "[event,…=]command run for events, JSON on its stdin; repeatable",
  onQuery: "[name=]command that answers queries by what it prints; repeatable",
  log: "Form of the log on stderr [text on a terminal, else json]",
  logLevel: "Least important line that is logged [info]",
  insecure: "Accept gossip and API without keys on addresses other than loopback",
  allowFaults: "Let the API cut and delay this node's links: for tests, never in production",
  refusals: "Whether a closed port is evidence of a crash [true]",
  wires:
    "Keep an idle TCP connection to each member observed, which closes with its process [true]",
  spies: "Ask the kernel of a silent member by TCP: is it frozen, or its host lost [true]",
};

const ALIASES: Readonly<Record<string, string>> = { tags: "tag", services: "service" };
const SWITCHES = new Set(["allowScripts", "insecure", "allowFaults", "refusals", "wires", "spies"]);
const REPEATABLE = new Set(["join", "apiHost", "tags", "services", "onEvent", "onQuery"]);

/** `hearsay start`: runs a daemon in the foreground. */
export const startCommand: CommandModule<object, Flags> = {
  command: "start",
  describe: "Run one daemon in the foreground",
  builder: async (yargs) => {
    const { SETTING_SCHEMAS } = await import("../../src/daemon/settings/schemas.ts");
    const settings = Object.entries(SETTING_SCHEMAS).map(([key, schema]) => [
      optionName(key),
      settingOption(key, schema.description ?? ""),
    ]);
    return yargs.options({
      config: {
        group: "Settings:",
        ...textOption("--config", "File of settings by these names, JSON or YAML"),
      },
      ...(Object.fromEntries(settings) as Record<string, Options>),
      "end-with-parent": { type: "boolean", hidden: true, default: false },
      "ready-fd": { type: "number", hidden: true },
    });
  },
  handler: async (args) => {
    const { runDaemon } = await import("../local/run-daemon.ts");
    await runDaemon(args);
  },
};

function settingOption(key: string, allowed: string): Options {
  const purpose = PURPOSES[key];
  const describe = purpose ?? allowed[0]?.toUpperCase() + allowed.slice(1);
  const group = purpose === undefined ? "Protocol (the profile sets these):" : "Settings:";
  if (SWITCHES.has(key)) return { describe, group, type: "boolean" };
  if (key === "dns") return { describe, group, ...addressOrNothing("--dns") };
  const alias = ALIASES[key];
  const option = REPEATABLE.has(key) ? listOption() : textOption(`--${optionName(key)}`, describe);
  return { describe, group, ...option, ...(alias === undefined ? {} : { alias }) };
}

/** `probeIntervalMs` → `probe-interval-ms`. */
function optionName(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `--dns` alone is enough. */
function addressOrNothing(name: string): Options {
  const single = once(name);
  return { type: "string", coerce: (value: unknown) => (value === "" ? "true" : single(value)) };
}

function listOption(): Options {
  const coerce = (value: unknown) => (value === undefined ? undefined : [value].flat().map(String));
  return { type: "string", requiresArg: true, coerce };
}
