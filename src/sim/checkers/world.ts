import type { MemberName, MemberRecord, Millis } from "../../core/member.ts";

/** One run of one process, as it really is. */
export interface RealProcess {
  readonly name: string;
  readonly self: MemberRecord;
  readonly startedMs: Millis;
}

/** Something that went wrong for a while. Names are of processes. */
export interface Disturbance {
  readonly fromMs: Millis;
  readonly untilMs: Millis;
  /** Whether the judge may be wrong about the subject: the excuse of a false death, and no other. */
  readonly concerns: (judge: string, subject: string) => boolean;
  /** Whether news of what happened elsewhere may reach the viewer late. */
  readonly hampers: (viewer: string) => boolean;
  /** Where it is the matter of one process alone. */
  readonly of?: string | undefined;
}

/** When something went on: a disturbance, a change, the begin or end of a process. */
interface Trouble {
  readonly fromMs: Millis;
  untilMs: Millis;
  /** Whose it is; null: of more than one process. */
  readonly of: string | null;
  /** It began or ended: others need time to find out. */
  readonly isOfProcess: boolean;
}

/** What is really the case, which no node can know: the measure for what the nodes believe. */
export class World {
  private readonly running = new Map<string, RealProcess>();
  private readonly disturbances: (Disturbance & { untilMs: Millis })[] = [];
  private readonly stalls: { name: string; fromMs: Millis; untilMs: Millis }[] = [];
  private readonly troubles: Trouble[] = [];

  started(name: string, self: MemberRecord, nowMs: Millis): void {
    this.running.set(name, { name, self, startedMs: nowMs });
    this.troubles.push({ fromMs: nowMs, untilMs: nowMs, of: name, isOfProcess: true });
  }

  ended(name: string, nowMs: Millis): RealProcess | undefined {
    const process = this.running.get(name);
    this.running.delete(name);
    this.troubles.push({ fromMs: nowMs, untilMs: nowMs, of: name, isOfProcess: true });
    return process;
  }

  get count(): number {
    return this.running.size;
  }

  get all(): Iterable<RealProcess> {
    return this.running.values();
  }

  get(name: string): RealProcess | undefined {
    return this.running.get(name);
  }

  /** The running process of a member, if any. */
  ownerOf(member: MemberName): RealProcess | undefined {
    for (const process of this.running.values()) if (process.self.name === member) return process;
    return undefined;
  }

  /** What is returned ends it before its time. */
  disturb(disturbance: Disturbance): (nowMs: Millis) => void {
    const lasting = { ...disturbance };
    const { fromMs, untilMs, of = null } = disturbance;
    const trouble = { fromMs, untilMs, of, isOfProcess: false };
    this.disturbances.push(lasting);
    this.troubles.push(trouble);
    return (nowMs) => {
      for (const each of [lasting, trouble]) each.untilMs = Math.min(each.untilMs, nowMs);
    };
  }

  /** The process stands still for that time. */
  stall(name: string, fromMs: Millis, untilMs: Millis): void {
    this.stalls.push({ name, fromMs, untilMs });
  }

  /** Everything that disturbs is over by now. */
  heal(nowMs: Millis): void {
    for (const each of [...this.disturbances, ...this.troubles]) {
      each.untilMs = Math.min(each.untilMs, nowMs);
    }
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

  /** Something was changed on purpose. */
  changed(of: string, nowMs: Millis): void {
    this.troubles.push({ fromMs: nowMs, untilMs: nowMs, of, isOfProcess: false });
  }

  /** Whether nothing began, ended or lasted within the span but `except`. */
  wasCalm(fromMs: Millis, untilMs: Millis, except: Pick<Trouble, "of" | "fromMs">): boolean {
    return !this.troubles.some(
      (trouble) =>
        (trouble.of !== except.of || trouble.fromMs !== except.fromMs) &&
        trouble.fromMs <= untilMs &&
        trouble.untilMs >= fromMs,
    );
  }

  /** When everything has been over for so long, or so long where processes began or ended. */
  settledSince(afterMs: Millis, afterProcessMs: Millis): Millis {
    let sinceMs = 0;
    for (const { untilMs, isOfProcess } of this.troubles) {
      sinceMs = Math.max(sinceMs, untilMs + (isOfProcess ? afterProcessMs : afterMs));
    }
    return sinceMs;
  }
}
