import type { Millis } from "../../core/member.ts";
import type { Knowledge, SeenEvent } from "../knowledge/knowledge.ts";
import type { Condition, EventPattern, SeenState } from "../language/scenario.ts";

/** Whether a condition holds at this moment, and what is the case, told only when asked. */
export interface Verdict {
  readonly holds: boolean;
  readonly got: () => string;
}

/** What a condition is judged with, beside what is known. */
export interface Circumstances {
  readonly viewers: readonly string[];
  /** When the block began, or the mark was set. */
  readonly sinceMs: Millis;
  /** Incarnations at that moment, by viewer and member. */
  readonly incarnations: ReadonlyMap<string, number>;
  /** What each node had sent when the measuring began. */
  readonly sent: ReadonlyMap<string, SentSoFar>;
}

export interface SentSoFar {
  readonly bytes: number;
  readonly atMs: Millis;
}

type Judge<K extends Condition["kind"]> = (
  condition: Extract<Condition, { readonly kind: K }>,
  knowledge: Knowledge,
  circumstances: Circumstances,
) => Verdict;

/** Judges a condition by what is known now. */
export function judge(
  condition: Condition,
  knowledge: Knowledge,
  circumstances: Circumstances,
): Verdict {
  const judgeKind = JUDGES[condition.kind] as Judge<Condition["kind"]>;
  return judgeKind(condition, knowledge, circumstances);
}

const MET: Verdict = { holds: true, got: () => "so it is" };

const JUDGES: { readonly [K in Condition["kind"]]: Judge<K> } = {
  converged: (_, knowledge, { viewers }) => {
    // This is asked at every event, of clusters of any size: equal views need one look, and views
    // that differ need none.
    const wrongIn = (looking: readonly string[]) =>
      firstWrong(looking, viewers, (viewer, other) => {
        const { member } = knowledge.process(other);
        const state = seenState(knowledge, viewer, member);
        return state === "alive" ? undefined : `${viewer} sees ${member} ${state}`;
      });
    if (!knowledge.views.areEqual(viewers)) {
      return unmet(() => wrongIn(viewers) ?? describeDifference(viewers, knowledge));
    }
    const wrong = wrongIn(viewers.slice(0, 1));
    return wrong === undefined ? MET : unmet(wrong);
  },
  see: ({ states }, knowledge, { viewers }) => {
    const wrong = firstWrong(viewers, states, (viewer, { member, oneOf }) => {
      const state = seenState(knowledge, viewer, member);
      return oneOf.includes(state) ? undefined : `${viewer} sees ${member} ${state}`;
    });
    return wrong === undefined ? MET : unmet(wrong);
  },
  count: ({ counts }, knowledge, { viewers }) => {
    const wrong = firstWrong(viewers, Object.entries(counts), (viewer, [state, wanted]) => {
      const beliefs = [...knowledge.views.of(viewer).values()];
      const count = beliefs.filter((belief) => belief.state === state).length;
      return count === wanted ? undefined : `${viewer} sees ${count} ${state}`;
    });
    return wrong === undefined ? MET : unmet(wrong);
  },
  detected: ({ members }, knowledge, { viewers }) =>
    allHold("dead", members, others(viewers, members), knowledge),
  back: ({ members }, knowledge, { viewers }) => allHold("alive", members, viewers, knowledge),
  isolated: ({ nodes, isolated }, knowledge) => {
    const wrong = nodes.find((node) => knowledge.isIsolated(node) !== isolated);
    if (wrong === undefined) return MET;
    return unmet(`${wrong} ${isolated ? "does not know that it is isolated" : "feels isolated"}`);
  },
  events: ({ inOrder }, { events }, { sinceMs }) => {
    let next = 0;
    for (const seen of events) {
      const pattern = inOrder[next];
      if (pattern === undefined) break;
      if (seen.atMs >= sinceMs && matches(seen, pattern)) next++;
    }
    const missing = inOrder[next];
    return missing === undefined ? MET : unmet(`nothing told ${describePattern(missing)}`);
  },
  "incarnation-rises": ({ members }, knowledge, { viewers, incarnations }) => {
    const wrong = firstWrong(viewers, members, (viewer, member) => {
      const before = incarnations.get(`${viewer} ${member}`) ?? 0;
      const now = knowledge.belief(viewer, member)?.incarnation ?? 0;
      return now > before ? undefined : `${viewer} sees ${member} at incarnation ${now} still`;
    });
    return wrong === undefined ? MET : unmet(wrong);
  },
  "traffic-below": ({ bytesPerSecond }, knowledge, { viewers, sent }) => {
    const rates = viewers.flatMap((node) => rateOf(node, knowledge, sent) ?? []);
    const worst = rates.reduce((a, b) => (b.rate > a.rate ? b : a), { node: "nobody", rate: 0 });
    const got = () => `${worst.node} sent ${Math.round(worst.rate)} B/s`;
    return { holds: worst.rate < bytesPerSecond, got };
  },
  ended: ({ node, exitCode }, knowledge) => {
    const { end } = knowledge.process(node);
    if (end === undefined) return unmet(`${node} runs`);
    const isWanted = end.how === "ended" && (exitCode === null || end.exitCode === exitCode);
    const how = end.how === "ended" ? `exit code ${end.exitCode}` : end.how;
    return { holds: isWanted, got: () => `${node} ended: ${how}` };
  },
  pool: ({ consumer, size, inside, outside, panic }, knowledge) => {
    const pool = knowledge.pool(consumer);
    if (pool === undefined) return unmet(`${consumer} has not asked yet`);
    const { members } = pool;
    const holds =
      (size === null || members.length === size) &&
      inside.every((member) => members.includes(member)) &&
      !outside.some((member) => members.includes(member)) &&
      (panic === null || pool.panic === panic);
    const names = members.length === 0 ? "" : `: ${members.join(" ")}`;
    const inPanic = pool.panic ? ", in panic" : "";
    return { holds, got: () => `${consumer} uses ${members.length}${inPanic}${names}` };
  },
  seen: ({ state, members, seenBy }, knowledge, { viewers }) => {
    const whose = typeof seenBy === "string" ? viewers : others(seenBy, []);
    for (const viewer of whose) {
      const own = knowledge.process(viewer).member;
      const beliefs =
        state === "alive" ? knowledge.views.of(viewer) : knowledge.views.unusual(viewer);
      for (const [member, belief] of beliefs) {
        if (belief.state !== state || member === own) continue;
        if (
          members === null ? knowledge.ownerOf(member) === undefined : !members.includes(member)
        ) {
          continue;
        }
        if (seenBy === "same_side" && !belief.isUnprovoked) continue;
        return { holds: true, got: () => `${viewer} sees ${member} ${state}` };
      }
    }
    return unmet(`nobody sees that`);
  },
  custom: ({ test }, knowledge) => {
    const wrong = test(knowledge);
    return wrong === undefined ? MET : unmet(wrong);
  },
};

function allHold(
  state: SeenState,
  members: readonly string[],
  viewers: readonly string[],
  knowledge: Knowledge,
): Verdict {
  const wrong = firstWrong(viewers, members, (viewer, member) => {
    const seen = seenState(knowledge, viewer, member);
    return seen === state ? undefined : `${viewer} sees ${member} ${seen}`;
  });
  return wrong === undefined ? MET : unmet(wrong);
}

/** A member's opinion of itself tells nothing about whether others found out. */
function others(viewers: readonly string[], members: readonly string[]): readonly string[] {
  return viewers.filter((viewer) => !members.includes(viewer));
}

function unmet(got: string | (() => string)): Verdict {
  return { holds: false, got: typeof got === "string" ? () => got : got };
}

/** The first complaint of any viewer about any item, or undefined. */
function firstWrong<T>(
  viewers: readonly string[],
  items: readonly T[],
  complain: (viewer: string, item: T) => string | undefined,
): string | undefined {
  if (viewers.length === 0) return "nobody runs who could see it";
  for (const viewer of viewers) {
    for (const item of items) {
      const wrong = complain(viewer, item);
      if (wrong !== undefined) return wrong;
    }
  }
  return undefined;
}

function seenState(knowledge: Knowledge, viewer: string, member: string): SeenState {
  const state = knowledge.belief(viewer, member)?.state;
  return state === undefined || state === "forgotten" ? "unknown" : state;
}

function describeDifference(viewers: readonly string[], knowledge: Knowledge): string {
  const [first, ...rest] = viewers;
  if (first === undefined) return "nobody runs";
  for (const viewer of rest) {
    const members = new Set([
      ...knowledge.views.of(first).keys(),
      ...knowledge.views.of(viewer).keys(),
    ]);
    for (const member of members) {
      const [a, b] = [knowledge.belief(first, member), knowledge.belief(viewer, member)];
      if (a?.state === b?.state && a?.incarnation === b?.incarnation) continue;
      const tell = (belief: typeof a) =>
        belief === undefined ? "unknown" : `${belief.state} at incarnation ${belief.incarnation}`;
      return `${first} holds ${member} ${tell(a)}, ${viewer} holds it ${tell(b)}`;
    }
  }
  return "views differ";
}

function matches({ node, event }: SeenEvent, pattern: EventPattern): boolean {
  if (event.event !== pattern.event || (pattern.node !== null && pattern.node !== node))
    return false;
  const fields = event as unknown as Readonly<Record<string, unknown>>;
  return Object.entries(pattern.fields).every(([key, value]) => fields[key] === value);
}

function describePattern({ node, event, fields }: EventPattern): string {
  const told = Object.entries(fields).map(([key, value]) => `${key} ${value}`);
  return [...(node === null ? [] : [`by ${node}:`]), event, ...told].join(" ");
}

function rateOf(node: string, knowledge: Knowledge, sent: Circumstances["sent"]) {
  const now = knowledge.traffic.get(node);
  const before = sent.get(node) ?? { bytes: 0, atMs: 0 };
  if (now === undefined || now.bytes < before.bytes) return undefined;
  const spanMs = knowledge.nowMs - before.atMs;
  return spanMs <= 0 ? undefined : { node, rate: ((now.bytes - before.bytes) * 1000) / spanMs };
}
