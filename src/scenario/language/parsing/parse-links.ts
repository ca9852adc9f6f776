import type { LinkEnd, LinkRule, LinkRules } from "../../../transport/link-rules.ts";
import type { NodesSource } from "../scalar-sources.ts";
import type { LinkVerb } from "../scenario.ts";
import { durationMs, shareOf } from "../schemas/scalars.ts";
import type { LinksSource, StepSourceOf } from "../step-source.ts";
import type { Issues, Path } from "./issues.ts";
import { type Names, showNames } from "./names.ts";

/** What a fault of links comes down to. */
export interface ReadLinks {
  readonly rules: LinkRules;
  /** The nodes that it is about; empty: all of them. */
  readonly nodes: readonly string[];
  readonly label: string;
}

export interface LinkReading {
  readonly names: Names;
  readonly issues: Issues;
  /** Of the step. */
  readonly path: Path;
}

type Fault = Omit<LinkRule, "from" | "to">;
const CUT: Fault = { drop: 1 };

/** The rules of a step whose shape was checked. */
export const READ_LINKS: {
  readonly [V in LinkVerb]: (source: StepSourceOf<V>, reading: LinkReading) => ReadLinks;
} = {
  partition: ({ partition }, reading) => {
    const sides = readSides(partition, "partition", reading);
    const others = without(reading.names.nodes, sides.flat());
    const all = others.length === 0 ? sides : [...sides, others];
    if (all.length < 2) complain(reading, "partition", "one side has everybody; name two");
    return { rules: cutSides(all), nodes: sides.flat(), label: `partition ${showSides(all)}` };
  },
  isolate: ({ isolate }, reading) => {
    const nodes = reading.names.expand(isolate, [...reading.path, "isolate"]);
    const rules = nodes.flatMap((node) => bothWays(CUT, [node], "*"));
    return { rules, nodes, label: `isolate ${showNames(nodes)}` };
  },
  bridge: ({ bridge }, reading) => {
    const sides = readSides(bridge.sides, "bridge", reading, "sides");
    const over = reading.names.expand(bridge.over, [...reading.path, "bridge", "over"]);
    const both = sides.flat().find((node) => over.includes(node));
    if (both !== undefined) complain(reading, "bridge", `${both} is on a side and the bridge`);
    const label = `bridge ${showNames(sides[0] ?? [])} ${showNames(over)} ${showNames(sides[1] ?? [])}`;
    return { rules: cutSides(sides), nodes: [...sides.flat(), ...over], label };
  },
  ring: ({ ring }, reading) => {
    const nodes = reading.names.expand(ring, [...reading.path, "ring"]);
    if (nodes.length < 4) complain(reading, "ring", "a ring of majorities needs 4 nodes at least");
    return { rules: ringRules(nodes), nodes, label: `ring of majorities ${showNames(nodes)}` };
  },
  oneway: ({ oneway }, reading) => readOneWay("oneway", CUT, oneway, reading),
  reject: ({ reject }, reading) => readOneWay("reject", { ...CUT, reject: true }, reject, reading),
  delay: ({ delay }, reading) => {
    const written = typeof delay === "string" ? { by: delay } : delay;
    const jitterMs = written.jitter === undefined ? 0 : durationMs(written.jitter);
    const fault = { delayMs: durationMs(written.by), jitterMs };
    const more = written.jitter === undefined ? "" : ` +- ${written.jitter}`;
    return readAcross("delay", fault, `delay ${written.by}${more}`, written, reading);
  },
  loss: ({ loss }, reading) => {
    const { written, rate } = readRate(loss);
    return readAcross("loss", { drop: rate }, `loss ${percent(rate)}`, written, reading);
  },
  duplicate: ({ duplicate }, reading) => {
    const { written, rate } = readRate(duplicate);
    const label = `duplicate ${percent(rate)}`;
    return readAcross("duplicate", { duplicate: rate }, label, written, reading);
  },
  reorder: ({ reorder }, reading) => {
    const { written, rate } = readRate<LinksSource & { readonly by?: string | undefined }>(reorder);
    const fault = {
      reorder: rate,
      ...(written.by !== undefined && { reorderMs: durationMs(written.by) }),
    };
    return readAcross("reorder", fault, `reorder ${percent(rate)}`, written, reading);
  },
};

/** `{a b} | {c}`. */
export function showSides(sides: readonly (readonly string[])[]): string {
  return sides.map((side) => `{${side.join(" ")}}`).join(" | ");
}

function readOneWay(
  verb: "oneway" | "reject",
  fault: Fault,
  ends: { readonly from: NodesSource; readonly to: NodesSource },
  reading: LinkReading,
): ReadLinks {
  const from = reading.names.expand(ends.from, [...reading.path, verb, "from"]);
  const to = reading.names.expand(ends.to, [...reading.path, verb, "to"]);
  if (from.length === 1 && to.length === 1 && from[0] === to[0]) {
    complain(reading, verb, `${showNames(from)} has no link to itself; name another node`);
  }
  return {
    rules: [{ from, to, ...fault }],
    nodes: [...new Set([...from, ...to])],
    label: `${verb} ${showNames(from)} -> ${showNames(to)} ${fault.reject === true ? "refused" : "lost"}`,
  };
}

function readRate<L extends LinksSource>(
  source: string | number | (L & { readonly rate: string | number }),
): { readonly written: Partial<L>; readonly rate: number } {
  if (typeof source !== "object") return { written: {}, rate: shareOf(source) };
  return { written: source, rate: shareOf(source.rate) };
}

/** The fault on the links that were named; on all of them where none were. */
function readAcross(
  verb: LinkVerb,
  fault: Fault,
  what: string,
  { from, to, between, node }: LinksSource,
  reading: LinkReading,
): ReadLinks {
  const { names, path } = reading;
  const at = (key: string) => [...path, verb, key];
  const given = [from ?? to, between, node].filter((each) => each !== undefined);
  if (given.length > 1) complain(reading, verb, "name links by from and to, between, or node");
  if (between !== undefined) {
    const [left = [], right = []] = between.map((side, i) =>
      names.expand(side, [...at("between"), i]),
    );
    const label = `${what} ${showNames(left)} <-> ${showNames(right)}`;
    const nodes = [...new Set([...left, ...right])];
    // Among themselves is one rule: two would add up.
    if (nodes.length === left.length && nodes.length === right.length) {
      return { rules: [{ from: left, to: right, ...fault }], nodes, label };
    }
    const both = left.find((each) => right.includes(each));
    if (both !== undefined) complain(reading, verb, `${both} is on both sides`);
    return { rules: bothWays(fault, left, right), nodes, label };
  }
  if (node !== undefined) {
    const nodes = names.expand(node, at("node"));
    // Between two of them one rule only: two would add up.
    const others = without(names.nodes, nodes);
    const rules = [{ from: nodes, to: "*", ...fault } as const];
    const inward = others.length === 0 ? [] : [{ from: others, to: nodes, ...fault }];
    return { rules: [...rules, ...inward], nodes, label: `${what} ${showNames(nodes)}` };
  }
  if (from === undefined && to === undefined) {
    return { rules: [{ from: "*", to: "*", ...fault }], nodes: [], label: `${what} everywhere` };
  }
  const ends = {
    from: from === undefined ? ("*" as const) : names.expand(from, at("from")),
    to: to === undefined ? ("*" as const) : names.expand(to, at("to")),
  };
  const nodes = [...new Set([ends.from, ends.to].flatMap((end) => (end === "*" ? [] : end)))];
  const label = `${what} ${showEnd(ends.from)} -> ${showEnd(ends.to)}`;
  return { rules: [{ ...ends, ...fault }], nodes, label };
}

function readSides(
  sides: readonly NodesSource[],
  verb: "partition" | "bridge",
  reading: LinkReading,
  key?: string,
): (readonly string[])[] {
  const base = key === undefined ? [...reading.path, verb] : [...reading.path, verb, key];
  const read = sides.map((side, at) => reading.names.expand(side, [...base, at]));
  const seen = new Set<string>();
  for (const node of read.flat()) {
    if (seen.has(node)) complain(reading, verb, `${node} is on two sides`);
    seen.add(node);
  }
  return read;
}

function cutSides(sides: readonly (readonly string[])[]): LinkRule[] {
  return sides.flatMap((from, at) => {
    const to = sides.filter((_, other) => other !== at).flat();
    return to.length === 0 ? [] : [{ from, to, ...CUT }];
  });
}

/** Each keeps so many neighbours on both sides that they are a majority together, itself included. */
function ringRules(nodes: readonly string[]): LinkRule[] {
  const count = nodes.length;
  const reach = Math.ceil(Math.floor(count / 2) / 2);
  return nodes.flatMap((node, at) => {
    const far = nodes.filter((_, other) => {
      const apart = Math.abs(other - at);
      return Math.min(apart, count - apart) > reach;
    });
    return far.length === 0 ? [] : [{ from: [node], to: far, ...CUT }];
  });
}

function bothWays(fault: Fault, left: LinkEnd, right: LinkEnd): LinkRule[] {
  return [
    { from: left, to: right, ...fault },
    { from: right, to: left, ...fault },
  ];
}

function complain({ issues, path }: LinkReading, verb: string, message: string): void {
  issues.add([...path, verb], message);
}

function without(nodes: readonly string[], some: readonly string[]): string[] {
  return nodes.filter((node) => !some.includes(node));
}

function showEnd(end: LinkEnd): string {
  return end === "*" ? "everybody" : showNames(end);
}

function percent(rate: number): string {
  return `${Number((rate * 100).toFixed(2))} %`;
}
