import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");

/** The rules of docs/protocol.md §12, by number. */
function documentedRules(): ReadonlyMap<number, string> {
  const [section = ""] = read("docs/protocol.md").split("## 12. ")[1]?.split("\n## ") ?? [];
  const rules = section.split(/\n(?=\d+\. \*)/).slice(1);
  return new Map(rules.map((rule) => [Number.parseInt(rule, 10), rule]));
}

function sourcesBelow(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
      .map((name) => `${folder}/${name}`),
  );
}

/** How a comment says where a rule comes from. */
const SOURCE = /; own[,;)]|SWIM|Lifeguard|Hayashibara|Rapid|Demers|CASSANDRA|RFC/;

/** Numbers of the rules that comments of the core cite; or those alone whose source is beside them. */
function citedRules(source = /./): ReadonlySet<number> {
  const comments = sourcesBelow("src/core").flatMap(
    (file) => read(file).match(/\/\*\*.*?\*\/|\/\/[^\n]*/gs) ?? [],
  );
  const citations = comments
    .map((comment) => comment.replace(/\n\s*\*\s*/g, " "))
    .filter((comment) => source.test(comment))
    .flatMap((comment) => comment.match(/\brules? (\d+(, | and )?)+/g) ?? []);
  return new Set(citations.flatMap((text) => text.match(/\d+/g) ?? []).map(Number));
}

describe("the rules of the protocol", () => {
  const rules = documentedRules();

  test("name their source each, and only scenarios that there are", () => {
    expect(rules.size).toBeGreaterThan(30);
    const withoutSource = [...rules].filter(([, text]) => !text.includes("*Source:* "));
    expect(withoutSource.map(([number]) => number)).toEqual([]);
    const scenarios = [...rules.values()].flatMap(
      (text) => text.match(/scenarios\/[a-z0-9-]+\.yaml/g) ?? [],
    );
    expect(scenarios.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  test("are cited where the core keeps them, each of them", () => {
    const cited = citedRules();
    expect([...rules.keys()].filter((number) => !cited.has(number))).toEqual([]);
    expect([...cited].filter((number) => !rules.has(number))).toEqual([]);
  });

  test("have their source beside their number in one comment of the core, each of them", () => {
    const withSource = citedRules(SOURCE);
    expect([...rules.keys()].filter((number) => !withSource.has(number))).toEqual([]);
  });
});

test("docs/rules.md names files and names that there are, so that each row can be repeated", () => {
  const cells = read("docs/rules.md")
    .split("\n")
    .flatMap((line) => (line.startsWith("|") ? (line.split("|")[3] ?? []) : []))
    .filter((cell) => cell.includes(".ts`"));
  expect(cells.length).toBeGreaterThan(15);
  const unknown = cells.flatMap((cell) => {
    const [file = "", ...names] = [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
    const path = `src/core/${file}`;
    if (!existsSync(join(ROOT, path))) return [path];
    const isUnknown = (name: string): boolean => !new RegExp(`\\b${name}\\b`).test(read(path));
    return names.filter(isUnknown).map((name) => `${path}: ${name}`);
  });
  expect(unknown).toEqual([]);
});

test("every exported symbol of the core, the wire, the host and the events says what it is", () => {
  const silent = sourcesBelow("src/core", "src/wire", "src/host", "src/events").flatMap((file) => {
    const lines = read(file).split("\n");
    const isSilent = (line: string, index: number): boolean =>
      /^export (abstract |async )?(const|function|class|interface|type|enum)\b/.test(line) &&
      lines[index - 1]?.endsWith("*/") !== true;
    return lines.flatMap((line, index) => (isSilent(line, index) ? [`${file}: ${line}`] : []));
  });
  expect(silent).toEqual([]);
});
