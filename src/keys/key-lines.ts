import { type ClusterKey, parseKey } from "./cluster-key.ts";

/** One line of a key file. */
export interface KeyLine {
  readonly text: string;
  readonly word: string;
  /** Undefined for a comment, an empty line, and anything that is not a key. */
  readonly key: ClusterKey | undefined;
}

const GAVE_UP = /^# gave up ([0-9a-f]{8})\b/;

/** The lines of a key file, whatever is in them. */
export function readKeyLines(fileText: string): KeyLine[] {
  return fileText.split(/\r?\n/).map((text) => {
    const word = text.replace(/#.*$/, "").trim();
    return { text, word, key: word === "" ? undefined : parseKey(word) };
  });
}

/** Ids of keys that the cluster gave up: a node that still uses one missed a rotation, and is not a stranger. */
export function givenUpIn(lines: readonly KeyLine[]): string[] {
  return lines.flatMap(({ text }) => GAVE_UP.exec(text)?.[1] ?? []);
}

/** The same lines and a key after them. */
export function withKey(lines: readonly KeyLine[], keyText: string): string {
  const texts = lines.map(({ text }) => text);
  while (texts.at(-1) === "") texts.pop();
  return `${[...texts, keyText].join("\n")}\n`;
}

/** The same lines, of the keys that one first. */
export function withFirst(lines: readonly KeyLine[], id: string): string {
  const chosen = lines.filter(({ key }) => key?.id === id);
  const others = lines.filter(({ key }) => key?.id !== id);
  const at = others.findIndex(({ key }) => key !== undefined);
  const before = at < 0 ? others : others.slice(0, at);
  const after = at < 0 ? [] : others.slice(at);
  return [...before, ...chosen, ...after].map(({ text }) => text).join("\n");
}

/** The same lines without that key, and a comment that it was there. */
export function withoutKey(lines: readonly KeyLine[], id: string, day: string): string {
  const comment = `# gave up ${id} on ${day}`;
  return lines.map(({ text, key }) => (key?.id === id ? comment : text)).join("\n");
}
