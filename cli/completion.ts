import type { Options } from "yargs";
import {
  type CommandWords,
  complete,
  type LiveWords,
  type OptionWords,
  type PositionalWords,
} from "../src/completion/complete.ts";
import { FILES_LINE } from "../src/completion/shell-scripts.ts";
import type { ControlClient } from "../src/control/client.ts";
import { type AnyCommand, COMMANDS, commandName } from "./command-groups.ts";
import { startCommand } from "./commands/start.ts";

/** So long a shell may wait for a node. */
const NODE_MS = 500;

/** Prints what may stand in place of the last of `words`, one candidate a line, for the scripts of the shells. */
export async function printCompletions(words: readonly string[]): Promise<void> {
  const commands = await Promise.all(COMMANDS.map(wordsOf));
  const found = await complete(words, commands, liveWords());
  const lines = found.words.map(({ word, describe }) => `${word}\t${describe.split("\n")[0]}`);
  if (found.files) lines.push(FILES_LINE);
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
}

/** What the builder of a command tells yargs: the same methods, which only take notes. */
class Notes {
  readonly options = new Map<string, Options>();
  readonly positionals = new Map<string, Options>();
  readonly commands: AnyCommand[] = [];

  get writer(): unknown {
    const writer: unknown = new Proxy(
      {},
      { get: (_, method) => this.method(String(method), () => writer) },
    );
    return writer;
  }

  private method(name: string, writer: () => unknown): unknown {
    // A builder may be awaited.
    if (name === "then") return undefined;
    return (...args: readonly unknown[]) => {
      if (name === "options") {
        for (const [key, option] of Object.entries(args[0] as Record<string, Options>)) {
          this.options.set(key, option);
        }
      }
      if (name === "positional") this.positionals.set(String(args[0]), args[1] as Options);
      if (name === "command") this.commands.push(args[0] as AnyCommand);
      return writer();
    };
  }
}

async function wordsOf(command: AnyCommand): Promise<CommandWords> {
  const notes = new Notes();
  if (typeof command.builder === "function") await command.builder(notes.writer as never);
  const worded = command === startCommand ? await settingChoices() : new Map();
  const pattern = String([command.command].flat()[0]);
  return {
    name: commandName(command),
    describe: String(command.describe),
    options: [...notes.options]
      .filter(([, { hidden }]) => hidden !== true)
      .map((option) => optionWords(option, worded)),
    positionals: [...pattern.matchAll(/[<[]([\w-]+)(\.\.)?[>\]]/g)].map(
      ([, name = "", many]): PositionalWords => ({
        name,
        isMany: many !== undefined,
        choices: (notes.positionals.get(name)?.choices ?? []).map(String),
      }),
    ),
    commands: await Promise.all(notes.commands.map(wordsOf)),
  };
}

/** Settings check their values themselves, wherever these come from: yargs is not told the choices. */
async function settingChoices(): Promise<ReadonlyMap<string, readonly string[]>> {
  const { settingsManual } = await import("../src/daemon/settings/settings-manual.ts");
  return new Map(settingsManual().map(({ flag, choices }) => [flag.slice(2), choices ?? []]));
}

function optionWords(
  [name, { describe, type, choices, default: byDefault }]: [string, Options],
  worded: ReadonlyMap<string, readonly string[]>,
): OptionWords {
  const isSwitch = type === "boolean";
  return {
    name,
    describe: String(describe ?? ""),
    takesValue: !isSwitch,
    isNegatable: isSwitch && byDefault !== false,
    choices: (choices ?? worded.get(name) ?? []).map(String),
  };
}

function liveWords(): LiveWords {
  const running = async () => {
    const { openStateDirectory, stateDirectoryPath } = await import(
      "../src/local/state-directory.ts"
    );
    return openStateDirectory(stateDirectoryPath(undefined, process.env)).running();
  };
  return {
    members: () => ask(async (node) => (await node.members()).members.map(({ name }) => name)),
    services: () => ask(async (node) => (await node.services()).services.map(({ name }) => name)),
    daemons: async () => (await running()).map(({ name }) => name),
    addresses: async () => (await running()).map(({ api }) => api),
    settings: async () => (await import("../src/daemon/settings/schemas.ts")).SETTING_KEYS,
    eventKinds: async () => Object.keys((await import("../src/events/catalogue.ts")).EVENTS),
  };
}

async function ask(question: (node: ControlClient) => Promise<string[]>): Promise<string[]> {
  const [{ chooseTarget }, { connectControl }] = await Promise.all([
    import("./session.ts"),
    import("../src/control/client.ts"),
  ]);
  try {
    const target = await chooseTarget({});
    return await question(connectControl(target.url, { ...target, timeoutMs: NODE_MS }));
  } catch {
    return [];
  }
}
