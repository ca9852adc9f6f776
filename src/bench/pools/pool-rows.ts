import { setTimeout as pause } from "node:timers/promises";
import { bothWays, CUT } from "../../cluster/link-cuts.ts";
import type { SeenEvent } from "../../cluster/observe/observed-state.ts";
import type { PublicEvent } from "../../control/api-types.ts";
import type { AccusationReason, MemberName, MemberState, Millis } from "../../core/member.ts";
import type { WatchedPool } from "./watched-pool.ts";

/** The rows of the benchmark. */
export const POOL_ROWS = ["kill", "stop", "cut", "loss"] as const;
export type PoolRow = (typeof POOL_ROWS)[number];

/** One figure of one run; `value` is null where it did not come about in time. */
export interface PoolFigure {
  readonly row: PoolRow;
  readonly what: string;
  readonly unit: "ms" | "count" | "share";
  readonly value: number | null;
}

const DEATH_WITHIN_MS: Millis = 60_000;
const STOP_MS: Millis = 4_000;
const CUT_WITHIN_MS: Millis = 30_000;
const LOSS = 0.7;
/** The pool itself has so long to find out about a cut. */
const SETTLE_MS: Millis = 3_000;

/** SIGKILL of one member: who knows when. */
export async function playKill(pool: WatchedPool, victim: MemberName): Promise<PoolFigure[]> {
  const killedMs = pool.nowMs;
  await pool.end([victim], "kill");
  const accusations = (evidence: AccusationReason) =>
    pool.seen(killedMs).filter(({ event }) => isAccusation(event, victim, evidence));
  const shown = () => changesTo("dead", victim, pool.seen(killedMs))[0];
  const declared = () => changesTo("dead", victim, pool.said(killedMs))[0];
  const isKnown = () => [accusations("refused")[0], shown(), declared()].every(Boolean);
  await pool.until(isKnown, DEATH_WITHIN_MS);
  const after = (event: SeenEvent | undefined) => event && event.atMs - killedMs;
  const [shownMs, declaredMs] = [after(shown()), after(declared())];
  const lagMs = shownMs && declaredMs && shownMs - declaredMs;
  const suspected = changesTo("suspect", victim, pool.seen(killedMs))[0];
  const hasAccuser = accusations("silence").length > 0;
  return [
    figure(
      "kill",
      "SIGKILL → its host's refusal seen by the guest",
      "ms",
      after(accusations("refused")[0]),
    ),
    figure("kill", "SIGKILL → suspicion seen by the guest", "ms", after(suspected)),
    figure("kill", "SIGKILL → declared dead by the pool", "ms", declaredMs),
    figure("kill", "declared by the pool → shown by the guest", "ms", lagMs),
    figure("kill", "accuser known by name", "share", hasAccuser ? 1 : 0),
    figure("kill", "declarer known by name", "share", isNamed(shown()) ? 1 : 0),
  ];
}

/** SIGSTOP for 4 s: suspected, and never dead. */
export async function playStop(pool: WatchedPool, victim: MemberName): Promise<PoolFigure[]> {
  const stoppedMs = pool.nowMs;
  await pool.pause([victim]);
  await pause(STOP_MS);
  await pool.resume([victim]);
  const thawedMs = pool.nowMs;
  const seen = (state: MemberState) => changesTo(state, victim, pool.seen(stoppedMs));
  const wasSuspected = () => seen("suspect").length > 0;
  const isBack = () => !wasSuspected() || seen("alive").some(({ event }) => event.incarnation > 1);
  const backMs = (await pool.until(isBack, DEATH_WITHIN_MS)) ? pool.nowMs - thawedMs : null;
  return [
    figure("stop", "SIGSTOP for 4 s: suspicion seen", "share", wasSuspected() ? 1 : 0),
    figure("stop", "SIGCONT → refutation seen", "ms", backMs),
    figure("stop", "SIGSTOP for 4 s: shown as dead", "count", seen("dead").length),
  ];
}

/** Two members cut from each other: which paths are named, and what the pool makes of it. */
export async function playCut(
  pool: WatchedPool,
  [a, b]: readonly [MemberName, MemberName],
): Promise<PoolFigure[]> {
  const cutMs = pool.nowMs;
  await pool.breakLinks(bothWays(CUT, [a], [b]));
  const downPaths = () =>
    pool
      .seen(cutMs)
      .flatMap(({ event }) => (event.event === "path-changed" && !event.ok ? [event] : []));
  const ofPair = () =>
    downPaths().filter(({ from, to }) => [a, b].includes(from) && [a, b].includes(to));
  const areNamed = await pool.until(() => ofPair().length >= 2, CUT_WITHIN_MS);
  const bothMs = areNamed ? pool.nowMs - cutMs : null;
  await pause(SETTLE_MS);
  const others = downPaths().length - ofPair().length;
  const changes = (to: MemberState) => changesTo(to, undefined, pool.said(cutMs)).length;
  return [
    figure("cut", "two members cut off each other → both paths named", "ms", bothMs),
    figure("cut", "other paths named", "count", others),
    figure("cut", "suspicions in the pool meanwhile", "count", changes("suspect")),
    figure("cut", "deaths in the pool meanwhile", "count", changes("dead")),
  ];
}

/** 70 % loss around one member: how many of the pool's suspicions have an accuser. */
export async function playLoss(
  pool: WatchedPool,
  victim: MemberName,
  forMs: Millis,
): Promise<PoolFigure[]> {
  const brokenMs = pool.nowMs;
  await pool.breakLinks(bothWays({ drop: LOSS }, [victim], "*"));
  await pause(forMs);
  await pool.healLinks();
  const suspicions = changesTo("suspect", victim, pool.seen(brokenMs));
  const named = suspicions.filter(isNamed).length;
  const share = suspicions.length === 0 ? null : named / suspicions.length;
  return [
    figure("loss", "70 % loss around one: suspicions seen", "count", suspicions.length),
    figure("loss", "of these with their accuser", "share", share),
  ];
}

/** Changes of a member, or of any where none is named, to a state. */
function changesTo(to: MemberState, member: MemberName | undefined, events: readonly SeenEvent[]) {
  return events.flatMap(({ event, ...seen }) =>
    event.event === "member-changed" && event.to === to && (member ?? event.member) === event.member
      ? [{ ...seen, event }]
      : [],
  );
}

function isAccusation(event: PublicEvent, member: MemberName, evidence: AccusationReason): boolean {
  return event.event === "accused" && event.member === member && event.evidence === evidence;
}

/** What was not heard is `?`. */
function isNamed(change: ReturnType<typeof changesTo>[number] | undefined): boolean {
  return change !== undefined && change.event.by !== "?";
}

function figure(
  row: PoolRow,
  what: string,
  unit: PoolFigure["unit"],
  value: number | null | undefined,
): PoolFigure {
  return { row, what, unit, value: value ?? null };
}
