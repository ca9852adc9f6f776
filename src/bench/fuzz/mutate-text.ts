import type { Rng } from "../../core/primitives/rng.ts";
import { below, mutateBytes, pick } from "./mutate-bytes.ts";

/** Words at which readers of texts go wrong. */
const ODD_WORDS = [
  ...["", "0", "-1", "1e999", "9".repeat(30), "0x10", "null", "~", "true", "NaN", ".inf", "1_000"],
  ...["__proto__", "constructor", "toString", "&a", "*a", "<<", "!!binary", "!!set", "? ", "- - -"],
  ...["{", "}", "[", "]", '"', "'", "|", ">", "#", "---", "\u0000", "\u009b", "\u202e", "\ud83d"],
  ...["9".repeat(20).concat("h"), "1ms", "100%", "x".repeat(300), "%00", "%zz", "..", "//", "\t"],
];

const WORD = /[\w.-]+|[^\w\s]|\s+/gu;

/** A text with one to four words or lines changed; now and then bytes instead. */
export function mutateText(rng: Rng, input: Uint8Array, other: Uint8Array): Uint8Array {
  if (rng.next() < 0.15) return mutateBytes(rng, input, other);
  let text = Buffer.from(input).toString("utf8");
  const donor = Buffer.from(other).toString("utf8");
  for (let changes = 1 + below(rng, 4); changes > 0; changes--) {
    const separator = rng.next() < 0.4 ? "\n" : undefined;
    text = separator === undefined ? changeWord(rng, text, donor) : changeLine(rng, text, donor);
  }
  return Uint8Array.from(Buffer.from(text, "utf8"));
}

function changeWord(rng: Rng, text: string, donor: string): string {
  const words = text.match(WORD) ?? [text];
  const others = donor.match(WORD) ?? [donor];
  const at = below(rng, words.length);
  const replacement = rng.next() < 0.5 ? pick(rng, ODD_WORDS) : pick(rng, others);
  words.splice(at, rng.next() < 0.8 ? 1 : 0, replacement);
  return words.join("");
}

function changeLine(rng: Rng, text: string, donor: string): string {
  const lines = text.split("\n");
  const at = below(rng, lines.length);
  const line = lines[at] ?? "";
  const way = rng.next();
  if (way < 0.25) lines.splice(at, 1);
  else if (way < 0.5) lines.splice(at, 0, pick(rng, donor.split("\n")));
  else if (way < 0.65) lines.splice(at, 0, line);
  else if (way < 0.8) lines[at] = line.startsWith("  ") ? line.slice(2) : `  ${line}`;
  else [lines[at], lines[lines.length - 1 - at]] = [lines[lines.length - 1 - at] ?? "", line];
  return lines.join("\n");
}
