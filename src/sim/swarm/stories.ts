import { type Rng, sample } from "../../core/primitives/rng.ts";
import { drawBetween, drawChance, drawInteger, drawOne, drawSpan } from "./draw.ts";
import type { PlannedFault } from "./fault.ts";
import { BEGIN, castOf, drawCrowd, drawMeanwhile, drawSide, drawSilence, plot } from "./plot.ts";
import type { Plot } from "./story-names.ts";
import type { SwarmOptions } from "./swarm.ts";

/** What a story is drawn from: everything of a mixed run, which it may change. */
interface Frame {
  readonly rng: Rng;
  readonly base: SwarmOptions;
}

type Story = (frame: Frame) => Partial<SwarmOptions>;

/**
 * More members than that are a large cluster, and so many left of one can tell a crash from a cut
 * (docs/protocol.md §12, rule 37).
 */
const LARGE = 12;
const leftOfLarge = (members: number): number => Math.min(4, Math.ceil(members / 8)) + 4;

/**
 * Plans with a plot, each of which found a fault once that the mixed runs had not shown. On good
 * networks, so that what must be known in time is checked to the bound.
 */
export const STORIES: Readonly<Record<Plot, Story>> = {
  /** Nobody hears one member, or it hears nobody, for seconds to minutes; it is silent for good much later. */
  "deaf-then-silent": ({ rng, base }) => {
    const nodes = drawInteger(rng, 5, 7);
    const cast = castOf(base, nodes);
    const { names, periodMs } = cast;
    const node = drawOne(rng, names);
    const beginMs = BEGIN * periodMs;
    const forMs = drawSpan(rng, 2, 150, periodMs);
    const gapMs = drawSpan(rng, 3, 200, periodMs);
    const kind = drawOne(rng, ["deaf", "deaf", "mute"] as const);
    return plot(cast, [
      { atMs: beginMs, fault: { kind, nodes: [node], forMs } },
      { atMs: beginMs + forMs + gapMs, fault: drawSilence(rng, cast, node) },
    ]);
  },
  /** 20 periods in which everything to and from some nodes takes longer, and a crash soon after. */
  "slow-round-trips": ({ rng, base }) => {
    const cast = castOf(base, drawInteger(rng, 5, 8));
    const { names, periodMs } = cast;
    const node = drawOne(rng, names);
    const forMs = drawBetween(rng, 5, 25) * periodMs;
    const byMs = drawBetween(rng, 0.3, 1.6) * periodMs;
    const beginMs = BEGIN * periodMs;
    const gapMs = drawSpan(rng, 3, 40, periodMs);
    const nodes = drawChance(rng, 0.5) ? [node] : names;
    return plot(cast, [
      { atMs: beginMs, fault: { kind: "slow-path", nodes, byMs, forMs } },
      { atMs: beginMs + forMs + gapMs, fault: drawSilence(rng, cast, node) },
    ]);
  },
  /** A partition that heals at about the time of its verdicts. */
  "verdict-partition": ({ rng, base }) => {
    const cast = castOf(base, drawCrowd(rng, [5, 10, 10, 40, 64]));
    const { names, config, periodMs } = cast;
    const verdictMs = config.graceMs + 1.5 * periodMs;
    const faults: PlannedFault[] = [];
    let atMs = BEGIN * periodMs;
    for (let left = names.length > 16 ? 1 : drawInteger(rng, 1, 4); left > 0; left--) {
      const forMs = drawChance(rng, 0.7)
        ? verdictMs * drawBetween(rng, 0.75, 1.5)
        : drawSpan(rng, 0.3, 20, periodMs);
      faults.push({ atMs, fault: { kind: "partition", groups: [drawSide(rng, names)], forMs } });
      atMs += forMs + drawBetween(rng, 5, 8) * periodMs;
    }
    return plot(cast, faults);
  },
  /** A partition that outlasts the news of the dead, or what is remembered; things go on within. */
  "long-partition": ({ rng, base }) => {
    const cast = castOf(base, drawInteger(rng, 4, 5));
    const { names, periodMs } = cast;
    const isForgotten = drawChance(rng, 0.2);
    const config = drawChance(rng, 0.7)
      ? { tombstoneMs: (isForgotten ? 150 : 10_000) * periodMs }
      : {};
    const forMs = config.tombstoneMs === undefined ? LONG_MS : drawBetween(rng, 80, 250) * periodMs;
    const side = drawSide(rng, names);
    const atMs = BEGIN * periodMs;
    const meanwhile = drawMeanwhile(rng, cast, side, { atMs, forMs, isForgotten });
    return {
      ...plot(cast, [
        { atMs, fault: { kind: "partition", groups: [side], forMs } },
        ...meanwhile.sort((a, b) => a.atMs - b.atMs),
      ]),
      config,
      isSeeded: isForgotten,
    };
  },
  /** A filter beside one node refuses its datagrams while it runs. */
  "rejecting-filter": ({ rng, base }) => {
    const cast = castOf(base, drawCrowd(rng, [5, 8, 8, 12, 16, 29, 64]));
    const { names, periodMs } = cast;
    const node = drawOne(rng, names);
    const direction = drawOne(rng, ["out", "out-and-deaf", "in", "both"] as const);
    const forMs = drawSpan(rng, 0.5, 20, periodMs);
    // Deaf for so long before that it knows itself isolated when the refusals begin.
    const deafMs = direction === "out-and-deaf" ? drawBetween(rng, 0, 10) * periodMs : 0;
    const beginMs = BEGIN * periodMs;
    return plot(cast, [
      ...(deafMs > 0
        ? [{ atMs: beginMs, fault: { kind: "deaf", nodes: [node], forMs: deafMs } } as const]
        : []),
      { atMs: beginMs + deafMs, fault: { kind: "reject", node, direction, forMs } },
    ]);
  },
  /** Hundreds of members that will not return are remembered; the living part, meet and die. */
  tombstones: ({ rng, base }) => {
    const cast = castOf(base, drawInteger(rng, 5, 6));
    const { names, periodMs } = cast;
    const count = drawOne(rng, [30, 100, 100, 300, 1_000] as const);
    const state = drawOne(rng, ["dead", "dead", "left"] as const);
    const isRefusing = drawChance(rng, 0.5);
    const atMs = (BEGIN + 40) * periodMs;
    const forMs = drawSpan(rng, 6, 40, periodMs);
    const silentAtMs = atMs + forMs + drawBetween(rng, 5, 15) * periodMs;
    return {
      ...plot(cast, [
        { atMs, fault: { kind: "partition", groups: [drawSide(rng, names)], forMs } },
        { atMs: silentAtMs, fault: drawSilence(rng, cast, drawOne(rng, names)) },
      ]),
      tombstones: { count, state, isRefusing },
    };
  },
  /** Most say goodbye at once. */
  "mass-leave": ({ rng, base }) => {
    const cast = castOf(base, drawCrowd(rng, [5, 8, 16, 40]));
    const { names, periodMs } = cast;
    const leavers = sample(rng, names, Math.floor(names.length * drawBetween(rng, 0.5, 0.95)));
    const atMs = BEGIN * periodMs;
    const withinMs = drawOne(rng, [0, 0.1, 1] as const) * periodMs;
    return plot(
      cast,
      leavers.map((node) => ({
        atMs: atMs + drawBetween(rng, 0, withinMs),
        fault: { kind: "leave", node },
      })),
    );
  },
  /** Most end at once: the few that remain must find it out, and each other. */
  "mass-crash": ({ rng, base }) => {
    const cast = castOf(base, drawCrowd(rng, [8, 16, 40]));
    const { names, periodMs } = cast;
    const ended = sample(rng, names, Math.floor(names.length * drawBetween(rng, 0.6, 0.95)));
    const kind = drawOne(rng, ["kill", "crash-host"] as const);
    // Fewer of a large cluster take themselves for cut off when all others fall silent: with their
    // hosts, or because no refusal is believed.
    const isSilence = kind === "crash-host" || !base.refusals;
    const most =
      isSilence && names.length > LARGE ? names.length - leftOfLarge(names.length) : names.length;
    return plot(
      cast,
      ended.slice(0, most).map((node) => ({ atMs: BEGIN * periodMs, fault: { kind, node } })),
    );
  },
  /** A long list of seeds of which the first are down: those of the last that run must meet. */
  "many-seeds": ({ rng, base }) => {
    const listed = drawInteger(rng, 17, 40);
    const runs = drawInteger(rng, 2, 5);
    const cast = castOf(base, listed);
    return {
      ...plot(cast, []),
      start: drawOne(rng, ["together", "staggered"] as const),
      seeds: listed,
      absent: cast.names.slice(0, listed - runs),
      safetyMs: 30 * cast.periodMs,
    };
  },
  /** The names of the seeds resolve only after a while, or not all of them. */
  "unresolved-seeds": ({ rng, base }) => {
    const cast = castOf(base, drawInteger(rng, 3, 6));
    const unresolved = cast.names.slice(0, base.seeds);
    const resolved = sample(rng, unresolved, drawInteger(rng, 1, unresolved.length));
    const atMs = drawSpan(rng, 0.5, 30, cast.periodMs);
    return {
      ...plot(cast, [{ atMs, fault: { kind: "resolve", nodes: resolved } }]),
      start: drawOne(rng, ["together", "staggered"] as const),
      unresolved,
      safetyMs: atMs + 30 * cast.periodMs,
    };
  },
  /** Large datagrams vanish on the way to and from some nodes, while newcomers join and views differ. */
  "small-mtu": ({ rng, base }) => {
    const cast = castOf(base, drawInteger(rng, 12, 30));
    const { names, periodMs } = cast;
    const bytes = drawInteger(rng, 1_200, 1_380);
    const nodes = drawChance(rng, 0.5) ? names : sample(rng, names, 2);
    const forMs = 40 * periodMs;
    const atMs = BEGIN * periodMs;
    const back = sample(rng, names, 2);
    return plot(cast, [
      { atMs, fault: { kind: "small-mtu", nodes, bytes, forMs } },
      ...back.map((node) => ({
        atMs: atMs + 2 * periodMs,
        fault: { kind: "restart", node, disk: "lost" } as const,
      })),
      {
        atMs: atMs + 8 * periodMs,
        fault: { kind: "partition", groups: [drawSide(rng, names)], forMs: 8 * periodMs },
      },
    ]);
  },
  /** Wall clocks that are off by decades, also beyond what an incarnation holds. */
  "clocks-far-off": ({ rng, base }) => {
    const cast = castOf(base, drawInteger(rng, 3, 6));
    const { names, periodMs } = cast;
    const faults: PlannedFault[] = [];
    let atMs = BEGIN * periodMs;
    for (let left = drawInteger(rng, 1, 5); left > 0; left--) {
      const node = drawOne(rng, names);
      const byMs = drawOne(rng, [-50, -30, -1, 1, 30, 79.5, 100] as const) * YEAR_MS;
      const disk = drawOne(rng, ["kept", "lost"] as const);
      faults.push({ atMs, fault: { kind: "jump-wall-clock", node, byMs } });
      faults.push({ atMs, fault: { kind: "restart", node, disk } });
      atMs += drawSpan(rng, 0.5, 12, periodMs);
    }
    return plot(cast, faults);
  },
};

const YEAR_MS = 365.25 * 86_400_000;
/** Beyond the ten minutes for which tombstones are shared. */
const LONG_MS = 12 * 60_000;
