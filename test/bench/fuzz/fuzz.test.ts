import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Corpus, readInput } from "../../../src/bench/fuzz/corpus.ts";
import { Fuzzer } from "../../../src/bench/fuzz/fuzzer.ts";
import { below } from "../../../src/bench/fuzz/mutate-bytes.ts";
import { type FuzzTarget, TARGET_NAMES } from "../../../src/bench/fuzz/target.ts";
import { withTarget } from "../../../src/bench/fuzz/targets.ts";
import { seededRng } from "../../../src/core/primitives/rng.ts";

const CORPUS = join(import.meta.dirname, "corpus");

test.each(TARGET_NAMES)("what was once found is read or refused: %s", async (name) => {
  const inputs = readdirSync(join(CORPUS, name)).map((file) => join(CORPUS, name, file));
  expect(inputs.length).toBeGreaterThan(4);
  await withTarget(name, async (target) => {
    for (const path of inputs) {
      const said = await target.attempt(readInput(path).input);
      expect(said, `hearsay bench fuzz --replay ${path}`).not.toBe("");
    }
  });
});

/** Has a mistake behind two bytes, each of which is a branch of its own. */
function brittle(): FuzzTarget {
  return {
    name: "files",
    isRepeatable: true,
    seeds: () => [new Uint8Array(2)],
    mutate: (rng, input) => input.with(below(rng, 2), below(rng, 256)),
    attempt([a, b]) {
      if (a === 0x46) {
        if (b === 0x55) throw new Error("found");
      }
      return "read";
    },
  };
}

const fuzzBrittle = (runs: number) =>
  new Fuzzer(brittle(), seededRng([1, 2, 3, 4])).fuzz(
    [new Uint8Array(2)],
    { runs, forMs: Number.POSITIVE_INFINITY },
    () => {},
  );

test("a mistake behind branches is found by coverage, made small, and found again with the same seed", async () => {
  const [first, second] = [await fuzzBrittle(2500), await fuzzBrittle(2500)];
  expect(first.failures.map(({ error, input }) => [error.message, [...input]])).toEqual([
    ["found", [0x46, 0x55]],
  ]);
  expect(second.kept).toEqual(first.kept);
  expect([second.runs, second.failures[0]?.times]).toEqual([first.runs, first.failures[0]?.times]);
});

test("an input is kept in a file whose name tells the target", () => {
  const directory = mkdtempSync(join(tmpdir(), "hearsay-corpus-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const corpus = new Corpus(directory);
  const path = corpus.add("dns", Uint8Array.of(1, 2));
  const failure = corpus.addFailure("dns", Uint8Array.of(3));
  expect(corpus.read("dns")).toEqual([Uint8Array.of(1, 2)]);
  expect(readInput(path)).toEqual({ target: "dns", input: Uint8Array.of(1, 2) });
  expect(readInput(failure).input).toEqual(Uint8Array.from(readFileSync(failure)));
  expect(() => readInput(join(directory, basename(path).slice(4)))).toThrow(
    "must begin with one of",
  );
  expect(() => readInput(join(directory, "dns-none"))).toThrow("cannot be read");
});
