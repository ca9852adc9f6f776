import type { DeathMark, SingleUpdate, Update, VerdictCause, VerdictUpdate } from "../member.ts";
import type { MessageSizer } from "../message.ts";
import { hash64 } from "../primitives/hash.ts";

/** By so many bytes the head of a list grows with its length. */
const HEAD_GROWTH = 1;

/** What a list takes of a datagram by itself, and each death in it, in bytes. */
export interface ListBytes {
  readonly head: number;
  readonly death: number;
}

const marks = new WeakMap<VerdictUpdate, DeathMark>();

/** Whether it may be one of a list. */
export function isDeathVerdict(update: SingleUpdate): update is VerdictUpdate {
  return update.kind === "verdict" && update.state === "dead";
}

/** How long lists of deaths are. */
export function listBytes(sizer: MessageSizer): ListBytes {
  const bytesOf = (deaths: readonly DeathMark[]): number =>
    sizer.updateBytes({ kind: "deaths", cause: "crash", deaths });
  const head = bytesOf([]);
  return { head: head + HEAD_GROWTH, death: bytesOf([NOBODY]) - head };
}

/** The deaths among these in short, one list for each cause, behind all others as they are. */
export function listDeaths(updates: readonly SingleUpdate[]): Update[] {
  const lists = new Map<VerdictCause, DeathMark[]>();
  const others: SingleUpdate[] = [];
  for (const update of updates) {
    if (!isDeathVerdict(update)) {
      others.push(update);
      continue;
    }
    const deaths = lists.get(update.cause) ?? [];
    lists.set(update.cause, deaths);
    deaths.push(markOf(update));
  }
  return [
    ...others,
    ...[...lists].map(([cause, deaths]) => ({ kind: "deaths", cause, deaths }) as const),
  ];
}

/** Kept with the verdict: it is sent many times. */
function markOf(verdict: VerdictUpdate): DeathMark {
  const known = marks.get(verdict);
  if (known !== undefined) return known;
  const { subject, incarnation } = verdict;
  const mark = { nameHigh: hash64(subject).high, incarnation };
  marks.set(verdict, mark);
  return mark;
}

const NOBODY: DeathMark = { nameHigh: 0, incarnation: 0 };
