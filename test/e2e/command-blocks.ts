import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** Commands of a document, as they stand between two fences. */
export interface CommandBlock {
  /** `README.md:12`. */
  readonly place: string;
  readonly line: number;
  readonly text: string;
  /** Why it is not run: `<!-- not run: needs root -->` before the fence. */
  readonly notRun: string | undefined;
  /** `sh terminals`: each line is typed into a terminal of its own, which stays open. */
  readonly isTerminals: boolean;
}

const ROOT = resolve(import.meta.dirname, "../..");

/** README and everything below `docs`, by path. */
export const DOCUMENTS: readonly string[] = [
  "README.md",
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`)
    .sort(),
];

const BLOCK = /(?:^<!-- not run: (.*?) *-->\n\n?)?^```sh( terminals)?\n(.*?)^```$/gms;

/** The shell commands of a document, in their order. */
export function blocksIn(root: string, file: string): CommandBlock[] {
  const document = readFileSync(join(root, file), "utf8");
  return [...document.matchAll(BLOCK)].map((found) => {
    const [whole, notRun, terminals, text = ""] = found;
    const before = document.slice(0, found.index + whole.indexOf("```sh"));
    const line = before.split("\n").length;
    const isTerminals = terminals !== undefined;
    return { place: `${file}:${line}`, line, text, notRun, isTerminals };
  });
}
