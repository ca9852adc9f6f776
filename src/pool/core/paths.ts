import type { MemberName, Millis } from "../../core/member.ts";
import type { PathReport } from "../../core/snapshot.ts";

/** Outcomes remembered of one path. */
const TRIES_KEPT = 40;
/** Paths remembered: all of 64 members; of more, the one that was tried longest ago goes. */
const PATHS_MAX = 4096;
/** A path is down when so many tries in a row failed that chance explains it once in 10^this. */
const PHI_DOWN = 3;
/** Of the tries of a path so many are taken to fail by loss alone, at least; and at most. */
const LOSS_MIN = 1 / 32;
const LOSS_MAX = 0.9;
/** Weight, in tries, of what is believed of a path before it was tried. */
const PRIOR_TRIES = 8;
const FAILURES_MIN = 2;
/** What came through longer ago does not say that a member is reachable now. */
const THROUGH_WITHIN_MS: Millis = 10_000;

/** A member loses much of what it is sent when so many of its last tries failed, whoever made them. */
const LOSING_FAILURES = 4;
const LOSING_TRIES = 8;

/** From a member to another one. */
export interface Pair {
  readonly from: MemberName;
  readonly to: MemberName;
}

/** One direction between two members. */
interface Path extends Pair {
  /** Outcomes, oldest first. */
  readonly tries: boolean[];
  failuresInARow: number;
  /** When the first of them was sent. */
  failingSince: Millis | undefined;
  isDown: boolean;
  rttMs: Millis | null;
  how: PathReport["how"];
  /** When the helper said how a try went, for the last time. */
  answeredAt: Millis;
}

/** A path whose state is another one now. */
export interface PathChange extends Pair {
  readonly ok: boolean;
}

/** A try that failed. */
export interface FailedTry extends Pair {
  readonly sentAt: Millis;
  /** Whether somebody else heard the target while the helper waited for it. */
  readonly isTargetHeard: boolean;
}

/**
 * Which member reaches which, as their indirect pings for this guest show. A path is down only if
 * its target was heard otherwise while its last try failed: else the target is gone, or stands
 * still, and not the path.
 */
export class Paths {
  /** Tried longest ago first. */
  private readonly paths = new Map<string, Path>();
  /** The last tries to reach each member, whoever made them, but for paths that are down. */
  private readonly targets = new Map<MemberName, { readonly tries: boolean[]; triedAt: Millis }>();

  /** The helper's ping came through; a change if the path was down. */
  onAck({ from, to }: Pair, rttMs: Millis, now: Millis): PathChange | undefined {
    const path = this.touch(from, to);
    push(path, true);
    path.failuresInARow = 0;
    path.failingSince = undefined;
    path.rttMs = rttMs;
    path.how = "ack";
    path.answeredAt = now;
    this.noteTarget(path, true, now);
    if (!path.isDown) return undefined;
    path.isDown = false;
    return { from, to, ok: true };
  }

  /** The helper had no answer in time; a change if the path is down from now on. */
  onNack({ from, to, sentAt, isTargetHeard }: FailedTry, now: Millis): PathChange | undefined {
    const path = this.touch(from, to);
    push(path, false);
    path.failuresInARow++;
    path.failingSince ??= sentAt;
    path.how = "nack";
    path.answeredAt = now;
    this.noteTarget(path, false, now);
    if (path.isDown || !isTargetHeard) return undefined;
    if (path.failuresInARow < failuresToBeDown(path)) return undefined;
    path.isDown = true;
    return { from, to, ok: false };
  }

  /** Whether the path failed, and another try at once may tell whether it is down. */
  isInQuestion({ from, to }: Pair): boolean {
    const path = this.paths.get(keyOf(from, to));
    if (path === undefined || path.isDown || path.failuresInARow === 0) return false;
    return path.failuresInARow <= failuresToBeDown(path);
  }

  /** Whether the last try of the path failed. */
  isFailing({ from, to }: Pair): boolean {
    return (this.paths.get(keyOf(from, to))?.failuresInARow ?? 0) > 0;
  }

  /** Whether a member that was tried within that span loses much of what it is sent. */
  isAnyLosing(withinMs: Millis, now: Millis): boolean {
    for (const { tries, triedAt } of this.targets.values()) {
      const failed = tries.filter((ok) => !ok).length;
      if (failed >= LOSING_FAILURES && now - triedAt <= withinMs) return true;
    }
    return false;
  }

  /** The helper itself did not answer: nothing is known. */
  onSilence(from: MemberName, to: MemberName): void {
    this.touch(from, to).how = "none";
  }

  /** Forgets the paths from and to members that are not among these. */
  keep(isPresent: (member: MemberName) => boolean): void {
    for (const [key, { from, to }] of this.paths) {
      if (isPresent(from) && isPresent(to)) continue;
      this.paths.delete(key);
    }
    for (const member of this.targets.keys()) {
      if (!isPresent(member)) this.targets.delete(member);
    }
  }

  /** Some member whose last try to reach the target came through, lately and after `since`. */
  throughTo(target: MemberName, since: Millis, now: Millis): MemberName | null {
    for (const { from, to, how, answeredAt } of this.paths.values()) {
      const isOfNow = answeredAt > since && now - answeredAt <= THROUGH_WITHIN_MS;
      if (to === target && how === "ack" && isOfNow) return from;
    }
    return null;
  }

  /** Those to one member, or all; those that are down first, then those that lose most. */
  reports(now: Millis, to?: MemberName): PathReport[] {
    const reports: PathReport[] = [];
    for (const path of this.paths.values()) {
      if (to === undefined || path.to === to) reports.push(reportOf(path, now));
    }
    return reports.sort(
      (a, b) => (b.downForMs ?? -1) - (a.downForMs ?? -1) || shareOf(a) - shareOf(b),
    );
  }

  private touch(from: MemberName, to: MemberName): Path {
    const key = keyOf(from, to);
    const known = this.paths.get(key);
    const path: Path = known ?? {
      ...{ from, to, tries: [], failuresInARow: 0, failingSince: undefined },
      ...{ isDown: false, rttMs: null, how: "none" },
      answeredAt: Number.NEGATIVE_INFINITY,
    };
    this.paths.delete(key);
    this.paths.set(key, path);
    if (this.paths.size > PATHS_MAX) this.dropOldest();
    return path;
  }

  private noteTarget({ to, isDown }: Path, ok: boolean, now: Millis): void {
    if (isDown) return;
    const target = this.targets.get(to) ?? { tries: [], triedAt: now };
    target.tries.push(ok);
    if (target.tries.length > LOSING_TRIES) target.tries.shift();
    target.triedAt = now;
    this.targets.set(to, target);
  }

  private dropOldest(): void {
    for (const key of this.paths.keys()) {
      this.paths.delete(key);
      return;
    }
  }
}

function keyOf(from: MemberName, to: MemberName): string {
  return `${from.length} ${from}${to}`;
}

function push(path: Path, outcome: boolean): void {
  path.tries.push(outcome);
  if (path.tries.length > TRIES_KEPT) path.tries.shift();
}

/** How many failures in a row loss does not explain, by how often the path failed before. */
function failuresToBeDown({ tries, failuresInARow }: Path): number {
  const before = tries.slice(0, Math.max(0, tries.length - failuresInARow));
  const failed = before.filter((ok) => !ok).length;
  const share = (failed + LOSS_MIN * PRIOR_TRIES) / (before.length + PRIOR_TRIES);
  const loss = Math.min(LOSS_MAX, Math.max(LOSS_MIN, share));
  return Math.max(FAILURES_MIN, Math.ceil(PHI_DOWN / -Math.log10(loss)));
}

function reportOf(path: Path, now: Millis): PathReport {
  const { from, to, tries, isDown, failingSince, rttMs, how } = path;
  return {
    ...{ from, to, rttMs, how },
    ok: tries.filter((ok) => ok).length,
    of: tries.length,
    downForMs: isDown && failingSince !== undefined ? now - failingSince : null,
  };
}

function shareOf({ ok, of }: PathReport): number {
  return of === 0 ? 1 : ok / of;
}
