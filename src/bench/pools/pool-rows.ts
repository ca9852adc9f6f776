import { setTimeout as pause } from "node:timers/promises";
import type { MemberName, Millis } from "../../core/member.ts";
import type { AgentLine, SeenEvent, WatchedPool } from "./watched-pool.ts";

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
  const [eventsFrom, linesFrom] = [pool.events.length, pool.lines.length];
  const killedMs = performance.now();
  pool.agent(victim).signal("SIGKILL");
  const isRefused = () =>
    pool.snapshot().members.some(({ record, refused }) => record.name === victim && refused);
  const refusedMs = await pool.until(isRefused, DEATH_WITHIN_MS);
  const dead = () => changeOf(pool.events.slice(eventsFrom), victim, "dead");
  const declared = () => declarationOf(pool.lines.slice(linesFrom), victim);
  await pool.until(() => dead() !== undefined && declared() !== undefined, DEATH_WITHIN_MS);
  const after = (ms: Millis | null | undefined) => (ms == null ? null : ms - killedMs);
  const [shownMs, declaredMs] = [dead()?.atMs, declared()?.atMs];
  const lagMs = shownMs === undefined || declaredMs === undefined ? null : shownMs - declaredMs;
  const suspected = changeOf(pool.events.slice(eventsFrom), victim, "suspect");
  const accusers = accusersOf(pool.events.slice(eventsFrom), victim);
  return [
    figure("kill", "SIGKILL → its host's refusal seen by the guest", "ms", after(refusedMs)),
    figure("kill", "SIGKILL → suspicion seen by the guest", "ms", after(suspected?.atMs)),
    figure("kill", "SIGKILL → declared dead by the pool", "ms", after(declaredMs)),
    figure("kill", "declared by the pool → shown by the guest", "ms", lagMs),
    figure("kill", "accuser known by name", "share", accusers.size > 0 ? 1 : 0),
    figure("kill", "declarer known by name", "share", isNamed(dead()) ? 1 : 0),
  ];
}

/** SIGSTOP for 4 s: suspected, and never dead. */
export async function playStop(pool: WatchedPool, victim: MemberName): Promise<PoolFigure[]> {
  const from = pool.events.length;
  const agent = pool.agent(victim);
  agent.freeze();
  await pause(STOP_MS);
  agent.thaw();
  const thawedMs = performance.now();
  const seen = () => pool.events.slice(from);
  const isBack = () =>
    changeOf(seen(), victim, "suspect") === undefined ||
    seen().some((event) => isChange(event, victim, "alive") && event.incarnation > 1);
  const backMs = await pool.until(isBack, DEATH_WITHIN_MS);
  const deaths = seen().filter((event) => isChange(event, victim, "dead")).length;
  const wasSuspected = changeOf(seen(), victim, "suspect") !== undefined;
  return [
    figure("stop", "SIGSTOP for 4 s: suspicion seen", "share", wasSuspected ? 1 : 0),
    figure("stop", "SIGCONT → refutation seen", "ms", backMs === null ? null : backMs - thawedMs),
    figure("stop", "SIGSTOP for 4 s: shown as dead", "count", deaths),
  ];
}

/** Two members cut from each other: which paths are named, and what the pool makes of it. */
export async function playCut(
  pool: WatchedPool,
  [a, b]: readonly [MemberName, MemberName],
): Promise<PoolFigure[]> {
  const [eventsFrom, linesFrom] = [pool.events.length, pool.lines.length];
  const cutMs = performance.now();
  await pool.setFaults([
    { from: [a], to: [b], drop: 1 },
    { from: [b], to: [a], drop: 1 },
  ]);
  const downPaths = () =>
    pool.events
      .slice(eventsFrom)
      .flatMap((event) => (event.event === "path-changed" && !event.ok ? [event] : []));
  const ofPair = () =>
    downPaths().filter(({ from, to }) => [a, b].includes(from) && [a, b].includes(to));
  const bothMs = await pool.until(() => ofPair().length >= 2, CUT_WITHIN_MS);
  await pause(SETTLE_MS);
  const others = downPaths().length - ofPair().length;
  const lines = pool.lines.slice(linesFrom);
  const suspicions = lines.filter(({ kind }) => kind === "suspects").length;
  const deaths = lines.filter((line) => line.kind === "changed" && line.to === "dead").length;
  return [
    figure(
      "cut",
      "two members cut off each other → both paths named",
      "ms",
      bothMs && bothMs - cutMs,
    ),
    figure("cut", "other paths named", "count", others),
    figure("cut", "suspicions in the pool meanwhile", "count", suspicions),
    figure("cut", "deaths in the pool meanwhile", "count", deaths),
  ];
}

/** 70 % loss around one member: how many of the pool's suspicions have an accuser. */
export async function playLoss(
  pool: WatchedPool,
  victim: MemberName,
  forMs: Millis,
): Promise<PoolFigure[]> {
  const from = pool.events.length;
  await pool.setFaults([
    { from: [victim], to: "*", drop: LOSS },
    { from: "*", to: [victim], drop: LOSS },
  ]);
  await pause(forMs);
  await pool.setFaults([]);
  const suspicions = pool.events.slice(from).filter((event) => isChange(event, victim, "suspect"));
  const named = suspicions.filter(isNamed).length;
  const share = suspicions.length === 0 ? null : named / suspicions.length;
  return [
    figure("loss", "70 % loss around one: suspicions seen", "count", suspicions.length),
    figure("loss", "of these with their accuser", "share", share),
  ];
}

type ChangeEvent = Extract<SeenEvent, { readonly event: "member-changed" }>;

function isChange(event: SeenEvent, member: MemberName, to: string): event is ChangeEvent {
  return event.event === "member-changed" && event.member === member && event.to === to;
}

function changeOf(events: readonly SeenEvent[], member: MemberName, to: string) {
  return events.find((event): event is ChangeEvent => isChange(event, member, to));
}

function declarationOf(lines: readonly AgentLine[], member: MemberName): AgentLine | undefined {
  return lines.find(
    (line) => line.kind === "changed" && line.member === member && line.to === "dead",
  );
}

function accusersOf(events: readonly SeenEvent[], member: MemberName): Set<MemberName> {
  return new Set(
    events.flatMap((event) =>
      event.event === "accused" && event.member === member && event.evidence === "silence"
        ? [event.accuser]
        : [],
    ),
  );
}

/** What was not heard is `?`. */
function isNamed(event: SeenEvent | undefined): boolean {
  return event?.event === "member-changed" && event.by !== "?";
}

function figure(
  row: PoolRow,
  what: string,
  unit: PoolFigure["unit"],
  value: number | null,
): PoolFigure {
  return { row, what, unit, value };
}
