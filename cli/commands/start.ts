import type { CommandModule, Options } from "yargs";
import type { Flags } from "../local/run-daemon.ts";
import { once, textOption } from "../options.ts";

const ALIASES: Readonly<Record<string, string>> = { tags: "tag", services: "service" };
const SWITCHES = new Set(["allowScripts", "insecure", "allowFaults", "refusals", "wires", "spies"]);
const REPEATABLE = new Set(["join", "apiHost", "tags", "services", "onEvent", "onQuery"]);

/** `hearsay start`: runs a daemon in the foreground. */
export const startCommand: CommandModule<object, Flags> = {
  command: "start",
  describe: "Run one daemon in the foreground",
  builder: async (yargs) => {
    const [{ SETTING_SCHEMAS }, { SETTING_PURPOSES }] = await Promise.all([
      import("../../src/daemon/settings/schemas.ts"),
      import("../../src/daemon/settings/purposes.ts"),
    ]);
    const settings = Object.entries(SETTING_SCHEMAS).map(([key, { description = "" }]) => [
      optionName(key),
      settingOption(key, description, SETTING_PURPOSES[key]),
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

function settingOption(key: string, allowed: string, purpose: string | undefined): Options {
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
