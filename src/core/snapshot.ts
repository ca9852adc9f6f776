import type {
  AccusationReason,
  MemberName,
  MemberRecord,
  MemberState,
  Millis,
  NotYet,
} from "./member.ts";

/** One node's picture at one moment. All times are spans before that moment. */
export interface NodeSnapshot {
  readonly self: MemberRecord;
  readonly phase: "running" | "leaving" | "left";
  readonly profile: string;
  /** 16 hex digits. */
  readonly viewDigest: string;
  readonly isolated: boolean;
  /** Why the view may lack members that the cluster has; null when it may be taken for whole. */
  readonly notYet: NotYet | null;
  /** 0 (healthy) to 8. */
  readonly localHealth: number;
  readonly phiSuspect: number;
  readonly stalls: { readonly count: number; readonly totalMs: Millis; readonly lastMs: Millis };
  readonly queues: {
    readonly updatesOwed: number;
    readonly suspicions: number;
    readonly relays: number;
    /** User events and queries that this node still has to pass on. */
    readonly noticesOwed: number;
  };
  /** The node itself included, forgotten ones not; sorted by name. */
  readonly members: readonly MemberSnapshot[];
}

/** One member as one node holds it. */
export interface MemberSnapshot {
  readonly record: MemberRecord;
  readonly state: MemberState;
  readonly stateForMs: Millis;
  /** Whether this node pings the member and keeps a detector for it. */
  readonly observed: boolean;
  /** The larger of the phi of its silence and `slowness`. Null where not observed; finite. */
  readonly phi: number | null;
  /** The phi of its open pings: how much slower it answers than it used to. Null as `phi`. */
  readonly slowness: number | null;
  /** For how long the oldest ping to it that is open has been unanswered; null where none is. */
  readonly waitingMs: Millis | null;
  /** Time since the last direct evidence; null when never heard directly. */
  readonly lastHeardMs: Millis | null;
  readonly rttMs: { readonly mean: Millis; readonly deviation: Millis } | null;
  /** The helper that heard the member when this node could not. */
  readonly reachedThrough: MemberName | null;
  readonly accusers: readonly MemberName[];
  /** What they know together: the kind of its silence. Null where nobody accuses it. */
  readonly silence: AccusationReason | null;
  /**
   * Whether its host said, to an accuser or to the declarer of its death, that no process owns its
   * port.
   */
  readonly refused: boolean;
}

/** Everything this node can say about why a member is what it is. */
export interface MemberExplanation extends MemberSnapshot {
  readonly detector: {
    /** Ack-to-ack intervals, oldest first. */
    readonly intervalsMs: readonly Millis[];
    readonly meanMs: Millis;
    readonly deviationMs: Millis;
    /** Whether the deviation is the floor, not the sample's own. */
    readonly atFloor: boolean;
    readonly phiSuspect: number;
    /** If the silence goes on, phi reaches `phiSuspect` in so many ms; 0 when it has. */
    readonly suspectedInMs: Millis;
  } | null;
  readonly probe: {
    readonly pingsUnanswered: number;
    readonly refusals: number;
    readonly refusalsMutedForMs: Millis;
    /**
     * The wire to it. `closed`: its kernel ended the wire, as it does when the process ends. Null
     * where there is none, or a reset or a time-out ended it.
     */
    readonly wire: "open" | "closed" | null;
    /** While all is calm: when it is this node's turn to ask the member; null where it asks each period. */
    readonly turnInMs: Millis | null;
    readonly round: {
      readonly startedMs: Millis;
      readonly helpers: readonly MemberName[];
      readonly nacks: readonly MemberName[];
      readonly repeats: number;
    } | null;
  } | null;
  /** Who watches the member, by the rings of this view. */
  readonly observers: readonly MemberName[];
  /** The present suspicion, or the last one with how it ended. */
  readonly suspicion: SuspicionSnapshot | null;
  /** What a guest in a foreign pool found out of the paths to it; left out elsewhere. */
  readonly paths?: readonly PathReport[];
}

/** Whether one member reaches another, as tried by an indirect ping. All times are spans. */
export interface PathReport {
  /** The helper that was asked to ping. */
  readonly from: MemberName;
  readonly to: MemberName;
  /** Of the last `of` tries, at most 40, so many came through. */
  readonly ok: number;
  readonly of: number;
  /** From this guest to `from` and on to `to` and back, of the last try that came through. */
  readonly rttMs: Millis | null;
  /** Since when no try came through; null while the path is up, or nothing is known of it. */
  readonly downForMs: Millis | null;
  /** The last answer: `ack`, `nack`, or `none` where the helper did not answer either. */
  readonly how: "ack" | "nack" | "none";
}

/** One suspicion: who accuses, and what is still missing for a death. All times are spans. */
export interface SuspicionSnapshot {
  /**
   * By whose rule it becomes a death: ours (`quorum`), or memberlist's, which a guest in a foreign
   * pool only watches.
   */
  readonly rule: "quorum" | "memberlist";
  readonly startedMs: Millis;
  readonly accusations: readonly {
    readonly accuser: MemberName;
    readonly evidence: AccusationReason;
    readonly phi: number;
    readonly agoMs: Millis;
  }[];
  /** Accusers that it needs; with `memberlist`, those that make its timer the shortest. */
  readonly quorum: number;
  readonly quorumForMs: Millis | null;
  /**
   * When it becomes a death if nothing changes; null when its clocks stand still, or this
   * node does not accuse and waits for the verdict of one that does.
   */
  readonly deadInMs: Millis | null;
  readonly ended: {
    readonly how: "refuted" | "heard" | "dead" | "left";
    readonly agoMs: Millis;
  } | null;
  /** Suspicions of this member that it refuted, by `memberlist` alone; the present one not counted. */
  readonly refuted?: { readonly count: number; readonly withinMs: Millis };
}
