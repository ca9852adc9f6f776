import type { MemberName, MemberRecord, Millis } from "../../core/member.ts";

/** One run of one process, as it really is. */
export interface RealProcess {
  readonly name: string;
  readonly self: MemberRecord;
  readonly startedMs: Millis;
  endedMs: Millis | undefined;
}

/** What is really the case, which no node can know: the measure for what the nodes believe. */
export class World {
  private readonly running = new Map<string, RealProcess>();
  private readonly disturbedUntil = new Map<string, Millis>();
  private readonly stalledUntil = new Map<string, Millis>();
  private allDisturbedUntil: Millis = 0;

  started(name: string, self: MemberRecord, nowMs: Millis): void {
    this.running.set(name, { name, self, startedMs: nowMs, endedMs: undefined });
  }

  ended(name: string, nowMs: Millis): RealProcess | undefined {
    const process = this.running.get(name);
    if (process !== undefined) process.endedMs = nowMs;
    this.running.delete(name);
    return process;
  }

  get all(): Iterable<RealProcess> {
    return this.running.values();
  }

  get(name: string): RealProcess | undefined {
    return this.running.get(name);
  }

  /** The running process of a member, if any; the older one where two claim the name. */
  ownerOf(member: MemberName): RealProcess | undefined {
    for (const process of this.running.values()) if (process.self.name === member) return process;
    return undefined;
  }

  /** A fault makes it hard for these processes to hear or be heard until then; undefined: for all. */
  disturb(names: readonly string[] | undefined, untilMs: Millis): void {
    if (names === undefined) this.allDisturbedUntil = Math.max(this.allDisturbedUntil, untilMs);
    for (const name of names ?? []) {
      this.disturbedUntil.set(name, Math.max(untilMs, this.disturbedUntil.get(name) ?? 0));
    }
  }

  /** The process does not run until then. */
  stall(name: string, untilMs: Millis): void {
    this.stalledUntil.set(name, Math.max(untilMs, this.stalledUntil.get(name) ?? 0));
  }

  /**
   * Since when it runs and nothing has stood between it and the others. May lie in the future.
   * Stalls of its own are no excuse for what a node says of others: it has to know them.
   */
  connectedSince({ name, startedMs }: RealProcess): Millis {
    return Math.max(startedMs, this.disturbedUntil.get(name) ?? 0, this.allDisturbedUntil);
  }

  /** Since when it is connected and has not stood still either. */
  healthySince(process: RealProcess): Millis {
    return Math.max(this.connectedSince(process), this.stalledUntil.get(process.name) ?? 0);
  }

  /** Since when that holds for everybody that runs. */
  calmSince(): Millis {
    let calmMs = this.allDisturbedUntil;
    for (const untilMs of this.disturbedUntil.values()) calmMs = Math.max(calmMs, untilMs);
    for (const untilMs of this.stalledUntil.values()) calmMs = Math.max(calmMs, untilMs);
    return calmMs;
  }
}
