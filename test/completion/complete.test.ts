import { expect, test } from "vitest";
import { type CommandWords, complete, type LiveWords } from "../../src/completion/complete.ts";

const option = (name: string, over: object = {}) => ({
  ...{ name, describe: `what ${name} does`, takesValue: true, isNegatable: false },
  choices: [] as readonly string[],
  ...over,
});

const command = (name: string, over: Partial<CommandWords> = {}): CommandWords => ({
  ...{ name, describe: `what ${name} does`, options: [], positionals: [], commands: [] },
  ...over,
});

const member = { name: "member", isMany: false, choices: [] };

const COMMANDS: readonly CommandWords[] = [
  command("start", {
    options: [
      option("profile", { choices: ["local", "lan", "wan"] }),
      option("config"),
      option("wires", { takesValue: false, isNegatable: true }),
      option("dns", { takesValue: false }),
    ],
  }),
  command("explain", { positionals: [member], options: [option("attach")] }),
  command("wait", { options: [option("for")] }),
  command("kill", { positionals: [{ name: "names", isMany: true, choices: [] }] }),
  command("faults", {
    positionals: [
      { name: "action", isMany: false, choices: ["show", "cut"] },
      { name: "groups", isMany: true, choices: [] },
    ],
  }),
  command("bench", { commands: [command("cluster", { options: [option("rows")] })] }),
];

const LIVE: LiveWords = {
  members: async () => ["n10", "n2"],
  services: async () => ["web"],
  daemons: async () => ["n1"],
  addresses: async () => ["127.0.0.1:21000"],
  settings: async () => ["graceMs"],
  eventKinds: async () => ["joined", "left"],
};

/** The words that may stand at the end of the line, and `files` where paths may. */
async function at(line: string): Promise<string[]> {
  const found = await complete(line.split(" "), COMMANDS, LIVE);
  return [...found.words.map(({ word }) => word), ...(found.files ? ["files"] : [])];
}

test.each([
  ["e", ["explain"]],
  ["", ["start", "explain", "wait", "kill", "faults", "bench"]],
  ["start --p", ["--profile"]],
  ["start --", ["--profile", "--config", "--wires", "--no-wires", "--dns", "--help"]],
  ["start --profile l", ["local", "lan"]],
  ["start --profile=w", ["--profile=wan"]],
  ["start --config ", ["files"]],
  ["explain ", ["n2", "n10"]],
  ["explain --attach 127.0.0.1:7373 n1", ["n10"]],
  ["explain n2 ", []],
  ["kill n1 ", ["n1"]],
  ["faults ", ["show", "cut"]],
  ["faults cut n2,", ["n2,n2", "n2,n10"]],
  ["wait --for con", ["converged"]],
  ["wait --for dead=n1", ["dead=n10"]],
  ["bench ", ["cluster"]],
  ["bench cluster --r", ["--rows"]],
  ["nonsense ", []],
])("behind hearsay %j may stand %j", async (line, words) => {
  expect(await at(line)).toEqual(words);
});
