import { expect, test } from "vitest";
import yargs from "yargs";
import { startCommand } from "../../cli/commands/start.ts";
import { plainFlags } from "../../src/daemon/settings/flag-kinds.ts";

/** The flags as the parser of the command line reads them. */
async function parsedFlags(words: readonly string[]): Promise<Record<string, unknown>> {
  const parser = yargs()
    .command({ ...startCommand, handler: () => {} })
    .exitProcess(false);
  return parser
    .strict()
    .fail(false)
    .parseAsync(["start", ...words]);
}

test.each([
  ["--name a --bind 127.0.0.1:0 --api 127.0.0.1:0 --profile local"],
  ["--join 10.0.0.5 --join b:1,c --tag x=1 --tags y=2 --service web:1 --services db:2"],
  ["--no-wires --spies --insecure --allow-faults --no-refusals"],
  ["--grace-ms 5 --phi-suspect 8.5 --log json --config a.yaml"],
  ["--end-with-parent --ready-fd 3 --on-event ./a.sh --on-query load=uptime"],
  [""],
])("plain words are read as the parser reads them: %s", async (line) => {
  const words = line.split(" ").filter((word) => word !== "");
  const plain = plainFlags(words);
  expect(plain).toBeDefined();
  expect(await parsedFlags(words)).toMatchObject(plain ?? {});
});

test.each([
  ["--help"],
  ["-h"],
  ["--name=a"],
  ["--nam a"],
  ["--graceMs 5"],
  ["--name a --name b"],
  ["--name"],
  ["--name -a"],
  ["--wires --no-wires"],
  ["--wires false"],
  ["--no-name a"],
  ["--dns"],
  ["--dns 127.0.0.1:0"],
  ["--ready-fd x"],
  ["extra"],
  ["-- --name a"],
])("all others are left to the parser: %s", (line) => {
  expect(plainFlags(line.split(" "))).toBeUndefined();
});
