import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { storyOf } from "../../../cli/demo/story.ts";
import { packageFile } from "../../../src/daemon/program.ts";
import { parseScenario } from "../../../src/scenario/language/define-scenario.ts";

const TEXT = readFileSync(packageFile("scenarios/story.yaml"), "utf8");
const sections = (count: number) => storyOf(count, TEXT).steps.map(({ label }) => label);

test("the story of five is the shipped one", () => {
  expect(storyOf(5, TEXT)).toEqual(parseScenario(TEXT, null));
});

test("a small cluster has no split, and of two one is all heroes", () => {
  expect(sections(4)).toEqual(["birth", "split", "crash", "freeze", "goodbye", "return"]);
  expect(sections(3)).toEqual(["birth", "crash", "freeze", "goodbye", "return"]);
  expect(sections(2)).toEqual(["birth", "crash", "return", "freeze", "goodbye", "return"]);
  expect(storyOf(30, TEXT).nodes).toHaveLength(30);
});
