import { expect, test } from "vitest";
import yargs from "yargs";
import { takePlainWords, withPlainRest } from "../../cli/double-dash.ts";

async function parse(...words: string[]) {
  let seen: unknown;
  await yargs(withPlainRest(words))
    .middleware(takePlainWords, true)
    .command(
      "explain <member> [more..]",
      "",
      (y) => y.option("json", { type: "boolean" }).positional("member", { type: "string" }),
      ({ member, more, json }) => {
        seen = { member, more, json };
      },
    )
    .strict()
    .exitProcess(false)
    .parseAsync();
  return seen;
}

test.each([
  [["explain", "--", "a"], { member: "a", more: [], json: undefined }],
  [["explain", "--", "-a"], { member: "-a", more: [], json: undefined }],
  [["explain", "--json", "--", "--json"], { member: "--json", more: [], json: true }],
  [
    ["explain", "a", "--", "-b", "c", "--"],
    { member: "a", more: ["-b", "c", "--"], json: undefined },
  ],
  [["explain", "a", "--json", "--"], { member: "a", more: [], json: true }],
])("%j: what follows -- is no option", async (words, seen) => {
  expect(await parse(...words)).toEqual(seen);
});
