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

/** One direction between two members. */
interface Path {
  readonly from: MemberName;
  readonly to: MemberName;
  /** Outcomes, oldest first. */
  readonly tries: boolean[];
  failuresInARow: number;
  /** When the first of them was sent. */
  failingSince: Millis | undefined;
  isDown: boolean;
  rttMs: Millis | null;
  how: PathReport["how"];
  /** When a try came through last. */
  ackAt: Millis;
}

/** A path whose state is another one now. */
export interface PathChange {
  readonly from: MemberName;
  readonly to: MemberName;
  readonly ok: boolean;
}

/**
 * Which member reaches which, as their indirect pings for this guest show. A path is down only if
 * its target was heard otherwise since its first failure: else the target is gone, not the path.
 */
export class Paths {
  /** Tried longest ago first. */
  private readonly paths = new Map<string, Path>();
  /** Paths that fail and are not down: a sign of life of their target decides. */
  private readonly failing = new Map<string, Path>();
  /** When some member reached it last, by target. */
  private readonly reachedAt = new Map<MemberName, Millis>();

  /** The helper's ping came through; whether the path was down. */
  onAck(
    { from, to }: { readonly from: MemberName; readonly to: MemberName },
    rttMs: Millis,
    now: Millis,
  ): PathChange | undefined {
    const path = this.touch(from, to);
    this.reachedAt.set(to, now);
    this.failing.delete(keyOf(from, to));
    push(path, true);
    path.failuresInARow = 0;
    path.failingSince = undefined;
    path.rttMs = rttMs;
    path.how = "ack";
    path.ackAt = now;
    if (!path.isDown) return undefined;
    path.isDown = false;
    return { from, to, ok: true };
  }

  /** The helper had no answer in time. Whether it is worth another try at once. */
  onNack(from: MemberName, to: MemberName, sentAt: Millis): boolean {
    const path = this.touch(from, to);
    push(path, false);
    path.failuresInARow++;
    path.failingSince ??= sentAt;
    path.how = "nack";
    if (path.isDown) return false;
    this.failing.set(keyOf(from, to), path);
    return path.failuresInARow < failuresToBeDown(path);
  }

  /** The helper itself did not answer: nothing is known. */
  onSilence(from: MemberName, to: MemberName): void {
    this.touch(from, to).how = "none";
  }

  /** Paths that are down from now on, by when their targets were heard otherwise. */
  findDown(heardAt: (target: MemberName) => Millis | undefined): PathChange[] {
    const changes: PathChange[] = [];
    for (const [key, path] of this.failing) {
      const { from, to, failuresInARow, failingSince } = path;
      if (failuresInARow < failuresToBeDown(path) || failingSince === undefined) continue;
      const heard = Math.max(heardAt(to) ?? -1, this.reachedAt.get(to) ?? -1);
      if (heard <= failingSince) continue;
      path.isDown = true;
      this.failing.delete(key);
      changes.push({ from, to, ok: false });
    }
    return changes;
  }

  /** Whether some path may be down, as far as its own tries go. */
  get hasFailing(): boolean {
    return this.failing.size > 0;
  }

  /** Forgets the paths from and to members that are not among these. */
  keep(isPresent: (member: MemberName) => boolean): void {
    for (const [key, { from, to }] of this.paths) {
      if (isPresent(from) && isPresent(to)) continue;
      this.paths.delete(key);
      this.failing.delete(key);
    }
    for (const member of this.reachedAt.keys()) {
      if (!isPresent(member)) this.reachedAt.delete(member);
    }
  }

  /** Some member whose last try to reach the target came through, and lately. */
  throughTo(target: MemberName, now: Millis): MemberName | null {
    for (const { from, to, how, ackAt } of this.paths.values()) {
      if (to === target && how === "ack" && now - ackAt <= THROUGH_WITHIN_MS) return from;
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
      ackAt: Number.NEGATIVE_INFINITY,
    };
    this.paths.delete(key);
    this.paths.set(key, path);
    if (this.paths.size > PATHS_MAX) this.dropOldest();
    return path;
  }

  private dropOldest(): void {
    for (const key of this.paths.keys()) {
      this.paths.delete(key);
      this.failing.delete(key);
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
