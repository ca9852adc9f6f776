import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from "yaml";
import type { Position, ScenarioIssue } from "../scenario-error.ts";
import type { Locate, Path } from "./issues.ts";

/** What a YAML text says, and where it says it. */
export interface YamlSource {
  readonly value: unknown;
  readonly locate: Locate;
  /** What is no YAML, or not safe YAML. */
  readonly issues: readonly ScenarioIssue[];
}

/** An alias may stand for so many nodes at most: a small file must not become a large one. */
const ALIASES_MAX = 100;
const RESERVED_KEY = "__proto__";

/** Reads one document of YAML 1.2. Bare values such as `off` and `no` are words, not booleans. */
export function readYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const issues = [...document.errors, ...document.warnings].map(({ code, message, pos }) => ({
    id: "",
    position: at(pos[0]),
    message:
      code === "DUPLICATE_KEY"
        ? `the key ${keyAt(text, pos[0])} is there twice in one map; remove one`
        : message.replaceAll(/\s*\n\s*/g, " "),
  }));
  if (issues.length === 0 && document.contents === null) {
    const message = "the file is empty; a scenario needs name, nodes and steps";
    issues.push({ id: "", position: at(0), message });
  }
  for (const offset of reservedKeys(document)) {
    const message = `no key can be called ${RESERVED_KEY}; choose another name`;
    issues.push({ id: "", position: at(offset), message });
  }
  const locate: Locate = (path, part) => {
    const offset = offsetOf(document, path, part);
    return offset === undefined ? undefined : at(offset);
  };
  if (issues.length > 0) return { value: undefined, locate, issues };
  try {
    return { value: document.toJS({ maxAliasCount: ALIASES_MAX }), locate, issues };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { value: undefined, locate, issues: [{ id: "", position: at(0), message }] };
  }
}

/** Where keys begin that would be lost: they name what every JavaScript object has already. */
function reservedKeys(document: Document.Parsed): number[] {
  const offsets: number[] = [];
  visit(document, {
    Pair: (_, { key }) => {
      if (isScalar(key) && key.value === RESERVED_KEY) offsets.push(rangeStart(key) ?? 0);
    },
  });
  return offsets;
}

/** The key that begins there, as it is written, without its quotes. */
function keyAt(text: string, offset: number): string {
  const written = /^[^:\n]{1,60}/.exec(text.slice(offset))?.[0].trim() ?? "";
  return JSON.stringify(written.replace(/^(["'])(.*)\1$/, "$2"));
}

/** Where the value at `path` begins, or its key; what is not there lies where its parent begins. */
function offsetOf(document: Document.Parsed, path: Path, part: "key" | "value") {
  let node: unknown = document.contents;
  let offset = rangeStart(node) ?? 0;
  for (const [at, key] of path.entries()) {
    const isLast = at === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find(
        (each) => (isScalar(each.key) ? String(each.key.value) : undefined) === String(key),
      );
      if (pair === undefined) return offset;
      node = pair.value;
      offset = (isLast && part === "key" ? rangeStart(pair.key) : rangeStart(node)) ?? offset;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      offset = rangeStart(node) ?? offset;
    } else return offset;
  }
  return offset;
}

function rangeStart(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
