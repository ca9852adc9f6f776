import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createInterpreter } from "./transcript/commands.ts";
import { rewriteTranscript, ruleOf } from "./transcript/transcript-file.ts";

const FOLDER = join(import.meta.dirname, "transcripts");
/** Set to 1, the transcripts are written anew; the diff is then for a person to judge. */
const IS_UPDATING = process.env.UPDATE_TRANSCRIPTS === "1";

const transcripts = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".txt"))
  .map((file) => {
    const path = join(FOLDER, file);
    const text = readFileSync(path, "utf8");
    return [`${file}: ${ruleOf(file, text)}`, { file, path, text }] as const;
  });

test.each(transcripts)("%s", (_, { file, path, text }) => {
  const now = rewriteTranscript(file, text, createInterpreter());
  if (IS_UPDATING) writeFileSync(path, now);
  else expect(now, "UPDATE_TRANSCRIPTS=1 writes it anew").toBe(text);
});

describe("a transcript that cannot be run says where", () => {
  const run = (text: string) => () => rewriteTranscript("x.txt", text, createInterpreter());
  const broken: readonly (readonly [string, string, RegExp])[] = [
    [
      "an unknown command",
      "# r\nnodes a\nboil a\n----\n",
      /^x\.txt:3: boil a: no command boil; .*run/,
    ],
    ["an unknown process", "# r\n\nview z\n----\n", /^x\.txt:3: view z: no process z runs/],
    ["an unknown topic", "show pong\n----\n", /^x\.txt:1: show pong: no topic pong; .*ping/],
    ["a bad span", "run soon\n----\n", /^x\.txt:1: run soon: no span: soon \(usage: run SPAN/],
    ["an unknown parameter", "config gracems=1\n----\n", /^x\.txt:1: .*no parameter gracems/],
    ["nothing to deliver", "nodes a\ndeliver a -> b\n----\n", /^x\.txt:2: .*no such datagram/],
    ["a stanza without an end", "nodes a\n\nrun 1s\n----\n", /^x\.txt:1: .*not closed by ----/],
  ];
  test.each(broken)("%s", (_, text, complaint) => {
    expect(run(text)).toThrow(complaint);
  });
});

test("what a command prints replaces what stood below it, and the rest is kept", () => {
  const text = "# a rule\n\n# why\nsay x\n----\nold\nlines\n\nsay y\n----\n";
  const now = rewriteTranscript("x.txt", text, (command) => [`did ${command}`]);
  expect(now).toBe("# a rule\n\n# why\nsay x\n----\ndid say x\n\nsay y\n----\ndid say y\n");
});
