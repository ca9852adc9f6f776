import type { MemberName, MemberRecord, Millis } from "../../core/member.ts";

/** One run of one process, as it really is. */
export interface RealProcess {
  readonly name: string;
  readonly self: MemberRecord;
  readonly startedMs: Millis;
}

/** Something that, until then, makes some nodes wrong or slow. Names are of processes. */
export interface Disturbance {
  readonly untilMs: Millis;
  /** Whether the judge may be wrong about the subject. */
  readonly concerns: (judge: string, subject: string) => boolean;
  /** Whether the viewer may learn late what happened elsewhere. */
  readonly hampers: (viewer: string) => boolean;
}

/** What is really the case, which no node can know: the measure for what the nodes believe. */
export class World {
  private readonly running = new Map<string, RealProcess>();
  private readonly disturbances: Disturbance[] = [];
  private readonly stalls: { name: string; fromMs: Millis; untilMs: Millis }[] = [];

  started(name: string, self: MemberRecord, nowMs: Millis): void {
    this.running.set(name, { name, self, startedMs: nowMs });
  }

  ended(name: string): RealProcess | undefined {
    const process = this.running.get(name);
    this.running.delete(name);
    return process;
  }

  get count(): number {
    return this.running.size;
  }

  get(name: string): RealProcess | undefined {
    return this.running.get(name);
  }

  /** The running process of a member, if any. */
  ownerOf(member: MemberName): RealProcess | undefined {
    for (const process of this.running.values()) if (process.self.name === member) return process;
    return undefined;
  }

  disturb(disturbance: Disturbance): void {
    this.disturbances.push(disturbance);
  }

  /** The process stands still for that time. */
  stall(name: string, fromMs: Millis, untilMs: Millis): void {
    this.stalls.push({ name, fromMs, untilMs });
  }

  /** How much of the time up to now a process really ran: only then could it learn better. */
  ranFor({ name }: RealProcess, sinceMs: Millis, nowMs: Millis): Millis {
    let ranMs = nowMs - sinceMs;
    for (const stall of this.stalls) {
      if (stall.name !== name) continue;
      const stoodMs = Math.min(stall.untilMs, nowMs) - Math.max(stall.fromMs, sinceMs);
      ranMs -= Math.max(0, stoodMs);
    }
    return ranMs;
  }

  /** Since when both run, and nothing could make the one wrong about the other. May lie ahead. */
  clearSince(judge: RealProcess, subject: RealProcess): Millis {
    let sinceMs = Math.max(judge.startedMs, subject.startedMs);
    for (const { untilMs, concerns } of this.disturbances) {
      if (untilMs > sinceMs && concerns(judge.name, subject.name)) sinceMs = untilMs;
    }
    return sinceMs;
  }

  /** Since when it runs, and nothing keeps news from it. May lie ahead. */
  informedSince({ name, startedMs }: RealProcess): Millis {
    let sinceMs = startedMs;
    for (const { untilMs, hampers } of this.disturbances) {
      if (untilMs > sinceMs && hampers(name)) sinceMs = untilMs;
    }
    return sinceMs;
  }
}
