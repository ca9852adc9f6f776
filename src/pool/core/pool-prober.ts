import { REFUSALS_TO_ACCUSE } from "../../core/detection/refusals.ts";
import { Subject, type SubjectConfig } from "../../core/detection/subject.ts";
import { isPresent, type MemberName, type Millis } from "../../core/member.ts";
import { earliest, NEVER } from "../../core/primitives/deadlines.ts";
import { MOMENTS, type PoolConfig } from "./pool-config.ts";
import type { PoolOutbox } from "./pool-outbox.ts";
import type { PoolRequests } from "./pool-requests.ts";
import type { PoolRow } from "./pool-row.ts";
import type { PoolTable } from "./pool-table.ts";

/** Up to this many members all are pinged; above, so many at a time. */
export const PINGED_MAX = 64;
/** Members that somebody here depends on, at once. */
const WATCHED_MAX = 256;
/** Of a new subject the first ping leaves within this share of a period. */
const FIRST_PING_SHARE = 0.2;
/** A gap of more periods between two pings is no silence of the member. */
const LATE_PERIODS = 1.01;
/** Between two looks at who is to be pinged. */
const AIM_MS_PER_MEMBER: Millis = 0.1;
/** In periods: how often members that are over are tried; how many of them at once. */
const KNOCK_PERIODS = 5;
const KNOCKS_MAX = 4;

interface PoolProberParts {
  readonly config: PoolConfig;
  readonly table: PoolTable;
  readonly requests: PoolRequests;
  readonly outbox: PoolOutbox;
  /** A member's host said twice that its process is gone. */
  readonly onRefused: (member: MemberName, now: Millis) => void;
}

/**
 * One direct ping of each member a period, and what its answers teach: phi, round trip, refusals.
 * Of a large pool a part is pinged, which moves on by one member a period in the order of hashes;
 * and every suspect.
 */
export class PoolProber {
  private readonly subjects = new Map<MemberName, Subject>();
  private readonly watched = new Map<MemberName, Millis>();
  private readonly parts: PoolProberParts;
  private readonly subjectConfig: SubjectConfig;
  private aimedAt = -1;
  private aimAgainAt: Millis = NEVER;
  private aimNotBefore: Millis = Number.NEGATIVE_INFINITY;
  private knockAt: Millis = NEVER;
  private knocked = 0;
  /** The present members by their hashes; sorted when they are others. */
  private ordered: { readonly of: readonly PoolRow[]; readonly rows: readonly PoolRow[] } = {
    of: [],
    rows: [],
  };

  constructor(parts: PoolProberParts) {
    this.parts = parts;
    // No kernel is asked here, so how long a frozen one is waited for does not matter.
    this.subjectConfig = { ...parts.config, frozenGraceMs: NEVER };
  }

  /** What is measured of the member; undefined where it is not pinged. */
  get(name: MemberName): Subject | undefined {
    return this.subjects.get(name);
  }

  /** This guest's phi of the member; null where it is not pinged. */
  phi(name: MemberName, now: Millis): number | null {
    return this.subjects.get(name)?.phi(now) ?? null;
  }

  /** Whether the member is pinged, and should have answered by now. */
  isSilent(name: MemberName, now: Millis): boolean {
    return this.subjects.get(name)?.detector.isSilent(now) ?? false;
  }

  /** Whether the member's host said that its process is gone. */
  isRefused(name: MemberName): boolean {
    return (this.subjects.get(name)?.refusals.inARow ?? 0) >= REFUSALS_TO_ACCUSE;
  }

  /** Whether the first ping was refused, or the member is silent, or is refused for certain. */
  isInDoubt(name: MemberName, now: Millis): boolean {
    return (this.subjects.get(name)?.refusals.inARow ?? 0) > 0 || this.isSilent(name, now);
  }

  /** Members that are pinged now, by name in no order. */
  get names(): Iterable<MemberName> {
    return this.subjects.keys();
  }

  get size(): number {
    return this.subjects.size;
  }

  /** How many of them are refused. */
  get refusedCount(): number {
    let count = 0;
    for (const name of this.subjects.keys()) if (this.isRefused(name)) count++;
    return count;
  }

  /** Somebody here depends on these members. */
  watch(names: readonly MemberName[], until: Millis): void {
    for (const name of names.slice(0, WATCHED_MAX)) {
      if (this.watched.size >= WATCHED_MAX && !this.watched.has(name)) break;
      this.watched.set(name, until);
    }
    this.aimedAt = -1;
  }

  /** Looks at the members that are to be pinged now, if they may be others than before; whether it did. */
  aim(suspects: Iterable<MemberName>, now: Millis): boolean {
    const { table, config } = this.parts;
    const mayDiffer = this.aimedAt !== table.version || now >= this.aimAgainAt;
    if (!mayDiffer || now < this.aimNotBefore) return false;
    this.aimedAt = table.version;
    // Sorting a large table costs time: it must not be done for each of a flood of newcomers.
    this.aimNotBefore = now + table.presentCount * AIM_MS_PER_MEMBER;
    const { present } = table;
    const isWhole = present.length <= PINGED_MAX;
    this.aimAgainAt = isWhole ? NEVER : now + config.probeIntervalMs;
    const chosen = isWhole ? present : this.choose(present, suspects, now);
    const names = new Map(chosen.map((row) => [row.name, row]));
    for (const [name, subject] of this.subjects) {
      const row = names.get(name);
      if (row === undefined || startOf(row) !== subject.startId) this.subjects.delete(name);
    }
    for (const row of names.values()) {
      if (!this.subjects.has(row.name)) this.subjects.set(row.name, this.begin(row, now));
    }
    if (this.knockAt === NEVER) this.knockAt = now + KNOCK_PERIODS * config.probeIntervalMs;
    return true;
  }

  wake(now: Millis): void {
    for (const subject of this.subjects.values()) {
      if (subject.pingAt <= now) {
        this.ping(subject, now);
        subject.pingAt = this.nextMoment(subject.name, now);
        // Only the second ping comes so late: it moves to the member's own moment.
        const isLate = subject.pingAt - now > LATE_PERIODS * this.parts.config.probeIntervalMs;
        if (isLate) subject.detector.expectPingAt(subject.pingAt);
      } else if (subject.refusals.repingAt <= now) {
        subject.refusals.noteReping(subject.roundTrip.retryWaitMs, now);
        this.ping(subject, now);
      }
    }
    if (this.knockAt <= now) this.knock(now);
  }

  nextDeadline(): Millis {
    const pings = earliest(this.subjects.values(), ({ pingAt, refusals }) =>
      Math.min(pingAt, refusals.repingAt),
    );
    const aimAt = this.aimedAt === this.parts.table.version ? this.aimAgainAt : this.aimNotBefore;
    return Math.min(pings, this.knockAt, aimAt);
  }

  /**
   * A direct ping was answered: a regular one, which teaches the rhythm, or one beside. `mayLearn`:
   * this guest ran all the while.
   */
  onAck(row: PoolRow, seq: number, mayLearn: boolean, now: Millis): void {
    row.heardAt = now;
    const subject = this.subjects.get(row.name);
    subject?.onAck(seq, now, mayLearn);
    subject?.recordHeard(now);
  }

  /** A ping beside the regular ones: for what rides on its answer, or to see that the member runs. */
  pingBeside({ name, run, heard }: PoolRow, now: Millis): void {
    const { requests, outbox } = this.parts;
    const seq = requests.ask({ kind: "beside", member: name, run }, now);
    const to = { endpoint: heard.endpoint, member: name };
    outbox.put({ kind: "send", to, message: { kind: "ping", seq, target: name } });
  }

  /** The kernel of the member's host reports that no process owns the port. */
  onRefused(name: MemberName, seq: number, now: Millis): void {
    const subject = this.subjects.get(name);
    const sentAt = subject?.takePing(seq);
    if (subject === undefined || sentAt === undefined) return;
    const wasRefused = this.isRefused(name);
    subject.refusals.onRefused(sentAt, now);
    if (!wasRefused && this.isRefused(name)) this.parts.onRefused(name, now);
  }

  /** Takes a span in which this guest could not hear out of every silence. */
  shift(byMs: Millis, now: Millis): void {
    for (const subject of this.subjects.values()) subject.shift(byMs, now);
    for (const row of this.parts.table.present) {
      if (row.heardAt !== undefined) row.heardAt = Math.min(now, row.heardAt + byMs);
    }
  }

  private begin(row: PoolRow, now: Millis): Subject {
    const { config } = this.parts;
    const share = row.hash.low / 0x1_0000_0000;
    const firstAt = now + FIRST_PING_SHARE * share * config.probeIntervalMs;
    return new Subject(row.name, startOf(row), this.subjectConfig, firstAt, now);
  }

  private ping({ name }: Subject, now: Millis): void {
    const { table, requests, outbox } = this.parts;
    const row = table.get(name);
    if (row === undefined) return;
    const seq = requests.ask({ kind: "ping", member: name, run: row.run }, now);
    this.subjects.get(name)?.notePing(seq, now);
    const to = { endpoint: row.heard.endpoint, member: name, probe: true } as const;
    outbox.put({ kind: "send", to, message: { kind: "ping", seq, target: name } });
  }

  /** The member's own moment of each period, so that the pings of all are spread. */
  private nextMoment(name: MemberName, now: Millis): Millis {
    const { probeIntervalMs: period } = this.parts.config;
    const low = this.parts.table.get(name)?.hash.low ?? 0;
    const phase = (Math.floor((low / 0x1_0000_0000) * MOMENTS) / MOMENTS) * period;
    const earliestAt = now + period / 2;
    return phase + period * Math.ceil((earliestAt - phase) / period);
  }

  private choose(
    present: readonly PoolRow[],
    suspects: Iterable<MemberName>,
    now: Millis,
  ): PoolRow[] {
    const { table, config } = this.parts;
    const ordered = this.inHashOrder(present);
    const offset = Math.floor(now / config.probeIntervalMs) % ordered.length;
    const turn = [...ordered.slice(offset), ...ordered.slice(0, offset)].slice(0, PINGED_MAX);
    for (const [name, until] of this.watched) if (until <= now) this.watched.delete(name);
    const wanted = [...[...suspects].slice(0, PINGED_MAX), ...this.watched.keys()];
    const rows = wanted.flatMap((name) => table.get(name) ?? []);
    return [...turn, ...rows.filter(({ state }) => isPresent(state))];
  }

  private inHashOrder(present: readonly PoolRow[]): readonly PoolRow[] {
    if (this.ordered.of !== present) {
      const rows = [...present].sort(
        (a, b) =>
          a.hash.high - b.hash.high || a.hash.low - b.hash.low || (a.name < b.name ? -1 : 1),
      );
      this.ordered = { of: present, rows };
    }
    return this.ordered.rows;
  }

  /** Tries some of the dead: the pool would not tell a guest at once when one is back. */
  private knock(now: Millis): void {
    const { table, config, requests, outbox } = this.parts;
    this.knockAt = now + KNOCK_PERIODS * config.probeIntervalMs;
    const dead = [...table.ended].filter(({ state }) => state === "dead");
    const count = Math.min(KNOCKS_MAX, dead.length);
    for (let i = 0; i < count; i++) {
      const row = dead[this.knocked++ % dead.length];
      if (row === undefined) return;
      const { name, heard } = row;
      const seq = requests.ask({ kind: "knock", member: name }, now);
      const to = { endpoint: heard.endpoint, member: name };
      outbox.put({ kind: "send", to, message: { kind: "ping", seq, target: name } });
    }
  }
}

/** Which run of a member a subject is of. */
function startOf({ run, heard }: PoolRow): string {
  return `${run} ${heard.endpoint.host} ${heard.endpoint.port}`;
}
