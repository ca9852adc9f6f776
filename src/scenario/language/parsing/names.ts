import type { NodesSource } from "../scalar-sources.ts";
import { type Issues, type Path, suggest } from "./issues.ts";

/** Every process of the scenario. */
const ALL = "all";

/** The names in a row; long lists are cut. */
export function showNames(nodes: readonly string[]): string {
  return nodes.length > 12 ? `${nodes.slice(0, 10).join(" ")} … ${nodes.at(-1)}` : nodes.join(" ");
}

/** What a scenario calls its nodes: their names, `all`, and its groups. */
export class Names {
  readonly nodes: readonly string[];
  private readonly groups = new Map<string, readonly string[]>();
  private readonly issues: Issues;

  constructor(nodes: readonly string[], issues: Issues) {
    this.nodes = nodes;
    this.issues = issues;
  }

  /** A group may hold groups that were named before it. */
  addGroup(name: string, members: NodesSource, path: Path): void {
    if (name === ALL || this.nodes.includes(name)) {
      this.issues.add(path, `a group cannot be called ${name}: that is a node's name`, "key");
      return;
    }
    this.groups.set(name, this.expand(members, path));
  }

  /** The nodes meant, each once, in the order in which they are named. */
  expand(source: NodesSource, path: Path): readonly string[] {
    const isList = typeof source !== "string";
    const words = isList ? source : [source];
    const found = words.flatMap((word, at) => this.find(word, isList ? [...path, at] : path));
    return [...new Set(found)];
  }

  /** One node. */
  one(name: string, path: Path): string {
    if (!this.nodes.includes(name)) this.addIssue(name, this.nodes, path);
    return name;
  }

  private find(word: string, path: Path): readonly string[] {
    if (word === ALL) return this.nodes;
    if (this.nodes.includes(word)) return [word];
    const group = this.groups.get(word);
    if (group !== undefined) return group;
    this.addIssue(word, [...this.nodes, ...this.groups.keys(), ALL], path);
    return [];
  }

  private addIssue(word: string, allowed: readonly string[], path: Path): void {
    const known = allowed.length > 20 ? [] : allowed;
    this.issues.add(
      path,
      `there is no node or group ${JSON.stringify(word)}${suggest(word, known)}`,
    );
  }
}
