import type { MemberName, MemberRecord, Millis } from "../../core/member.ts";

/** One run of one process, as it really is. */
export interface RealProcess {
  readonly name: string;
  readonly self: MemberRecord;
  readonly startedMs: Millis;
}

/** Something that, until then, stands between some judges and some subjects. */
interface Disturbance {
  readonly untilMs: Millis;
  readonly concerns: (judge: string, subject: string) => boolean;
}

/** What is really the case, which no node can know: the measure for what the nodes believe. */
export class World {
  private readonly running = new Map<string, RealProcess>();
  private readonly disturbances: Disturbance[] = [];

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

  /** Until then a judge may be wrong about a subject, where `concerns` says so. Names of processes. */
  disturb(untilMs: Millis, concerns: Disturbance["concerns"] = () => true): void {
    this.disturbances.push({ untilMs, concerns });
  }

  /** Since when both run, and nothing could make the one wrong about the other. May lie ahead. */
  clearSince(judge: RealProcess, subject: RealProcess): Millis {
    let sinceMs = Math.max(judge.startedMs, subject.startedMs);
    for (const { untilMs, concerns } of this.disturbances) {
      if (untilMs > sinceMs && concerns(judge.name, subject.name)) sinceMs = untilMs;
    }
    return sinceMs;
  }

  /** Since when nothing has been in anybody's way. May lie ahead. */
  calmSince(): Millis {
    return this.disturbances.reduce((sinceMs, { untilMs }) => Math.max(sinceMs, untilMs), 0);
  }
}
