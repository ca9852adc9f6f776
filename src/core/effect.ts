import type {
  AccusationReason,
  Endpoint,
  MemberName,
  MemberState,
  Millis,
  NotYet,
  StartId,
  VerdictCause,
  ViewEntry,
} from "./member.ts";
import type { Message } from "./message.ts";
import type { UserMessageId } from "./user-message.ts";

/** What a step wants done, in order. */
export type Effect =
  | { readonly kind: "send"; readonly to: SendTo; readonly message: Message }
  /** Keep an idle wire to each of these, and to nobody else. */
  | { readonly kind: "keep-wires"; readonly to: readonly WireTarget[] }
  /** Send a byte on the wire to the member: a kernel whose process is gone answers by a reset. */
  | { readonly kind: "poke"; readonly member: MemberName }
  /** Connect to the member's port once, and close: a spy that asks its kernel. */
  | {
      readonly kind: "dial";
      readonly member: MemberName;
      readonly endpoint: Endpoint;
      readonly seq: number;
    }
  | { readonly kind: "event"; readonly event: NodeEvent };

/**
 * Where a message goes. With `probe` it is a ping to `member` that should leave through a connected
 * socket, so that a refusal by the peer's kernel comes back as an input.
 */
export interface SendTo {
  readonly endpoint: Endpoint;
  readonly member?: MemberName;
  readonly probe?: true;
}

/** The run of a member that a wire should lead to, and where it listens. */
export interface WireTarget {
  readonly member: MemberName;
  readonly startId: StartId;
  readonly endpoint: Endpoint;
}

/**
 * Why the state of a member changed, as a value: programs and screens go by it. A suspicion has
 * `silence`, `unreachable`, `frozen`, `refusal` or `crash`, an end the cause of its verdict. With
 * `reported`, a peer sent the record with its state, and how that came about is not known.
 */
export type ChangeCause =
  | VerdictCause
  | "silence"
  | "started"
  | "joined"
  | "updated"
  | "refuted"
  | "returned"
  | "restarted"
  | "moved"
  | "reported";

/**
 * Something that happened, emitted once: log, metrics, control API and checkers all read these.
 * What is said of each kind beside its type stands in `src/events/catalogue.ts`.
 */
export type NodeEvent =
  | {
      readonly kind: "member-changed";
      readonly member: MemberName;
      /** Null for a member not known before. */
      readonly from: MemberState | null;
      readonly to: MemberState;
      readonly incarnation: number;
      /** Whose word it was; the node's own name for what it found out itself. */
      readonly by: MemberName;
      readonly cause: ChangeCause;
      /**
       * The cause as one short clause for people, such as `silent` or `3 accusers, 3 live
       * observers, quorum 2`.
       */
      readonly reason: string;
      readonly phi: number | null;
    }
  /**
   * The member's record changed while its state did not: tags, services, endpoint or start id; or
   * it ended again at a later incarnation, and was not seen alive in between.
   */
  | { readonly kind: "member-updated"; readonly member: MemberName; readonly incarnation: number }
  /** A tombstone was reaped: nothing is known of the member any more. */
  | { readonly kind: "member-reaped"; readonly member: MemberName }
  /** The table is full: newcomers are not taken in, or tombstones are dropped before their time. */
  | {
      readonly kind: "limit-met";
      readonly limit: "membersMax" | "tombstonesMax";
      readonly max: number;
    }
  | {
      readonly kind: "accused";
      readonly member: MemberName;
      readonly accuser: MemberName;
      readonly evidence: AccusationReason;
      readonly incarnation: number;
      readonly phi: number;
    }
  /** A suspicion ended because its subject was heard or raised its incarnation. */
  | {
      readonly kind: "suspicion-cleared";
      readonly member: MemberName;
      readonly cause: "heard" | "refuted";
    }
  /** Others declared a member dead that this node then heard for itself: it stays alive here. */
  | {
      readonly kind: "death-contradicted";
      readonly member: MemberName;
      /** Who declared it. */
      readonly by: MemberName;
    }
  /** This node raised its own incarnation above a rumour about it. */
  | {
      readonly kind: "refuted";
      readonly incarnation: number;
      readonly rumour: MemberState;
      readonly by: MemberName;
    }
  /** A probe round failed to reach the member directly, but `through` heard it. */
  | { readonly kind: "reached-through"; readonly member: MemberName; readonly through: MemberName }
  | {
      readonly kind: "probe-round-failed";
      readonly member: MemberName;
      readonly phi: number;
      readonly helpers: readonly MemberName[];
      readonly nacks: number;
      /**
       * What the round led to: an accusation, another try, or silence because a gate held it back.
       */
      readonly outcome: "accused" | "repeated" | "withheld";
    }
  /**
   * Something said of a member was not believed: its incarnation is far above what is held, and
   * the member did not prove it.
   */
  | {
      readonly kind: "claim-refused";
      readonly member: MemberName;
      readonly by: MemberName;
      readonly incarnation: number;
    }
  /**
   * Datagrams of the usual length do not come through between this node and the peer: its view came
   * in pages of `bytes`. What else is longer is lost on that path.
   */
  | {
      readonly kind: "path-short";
      readonly peer: MemberName;
      readonly at: Endpoint;
      readonly bytes: number;
    }
  | { readonly kind: "isolated-changed"; readonly isolated: boolean; readonly silentMs: Millis }
  /**
   * The view may be taken for whole from now on (null), after `forMs` in which it was not; or it
   * may lack what happened meanwhile.
   */
  | {
      readonly kind: "readiness-changed";
      readonly notYet: NotYet | null;
      readonly forMs: Millis;
    }
  | { readonly kind: "stalled"; readonly stalledMs: Millis }
  | { readonly kind: "local-health-changed"; readonly score: number }
  /**
   * The node wants to dial its seeds: resolve their names and answer with a `join` input. `attempt`
   * counts from 1.
   */
  | { readonly kind: "seeds-wanted"; readonly attempt: number }
  /** The first sync with another member is complete. */
  | {
      readonly kind: "joined";
      readonly through: MemberName;
      readonly members: number;
      readonly tookMs: Millis;
    }
  | {
      readonly kind: "join-refused";
      readonly from: Endpoint;
      readonly mine: string;
      readonly theirs: string;
      /** No address is left that might take this node in: all have refused. */
      readonly isByAll: boolean;
    }
  | {
      readonly kind: "sync-finished";
      readonly peer: MemberName;
      readonly outcome: "done" | "failed";
      readonly received: number;
      readonly pushed: number;
    }
  /**
   * Another running process goes by this node's name; `mustYield` says that the cluster holds the
   * other one, so that this one has to end.
   */
  | {
      readonly kind: "name-conflict";
      readonly mine: Endpoint;
      readonly other: Endpoint;
      readonly otherStartId: StartId;
      readonly mustYield: boolean;
    }
  /** A newcomer claimed the name of a living member and was turned away. */
  | {
      readonly kind: "newcomer-rejected";
      readonly member: MemberName;
      readonly holder: Endpoint;
      readonly newcomer: Endpoint;
    }
  | {
      readonly kind: "view-fetched";
      readonly member: MemberName;
      readonly digest: string;
      readonly entries: readonly ViewEntry[];
    }
  | { readonly kind: "view-unreachable"; readonly member: MemberName }
  /** In a foreign pool: whether one member reaches another is known now, or is otherwise now. */
  | {
      readonly kind: "path-changed";
      readonly from: MemberName;
      readonly to: MemberName;
      readonly ok: boolean;
    }
  /** In a foreign pool: a member declared another one dead. `by` is `?` where nobody was heard to. */
  | { readonly kind: "pool-declared"; readonly member: MemberName; readonly by: MemberName }
  /** In a foreign pool: what a member believes has differed from what the others do for a while. */
  | { readonly kind: "view-differs"; readonly member: MemberName }
  /**
   * A guest in a foreign pool hears nobody. `silence`: no answer comes, and no refusal either.
   * `unreachable`: this machine has no way there. `refused`: the fault is not the guest's, every
   * member's host says that its process is gone.
   */
  | {
      readonly kind: "guest-cut-off";
      readonly why: "silence" | "unreachable" | "refused";
      readonly silentMs: Millis;
    }
  /** A user event: some node, perhaps this one, sent it to the whole cluster. */
  | (UserMessageId & {
      readonly kind: "user-event";
      readonly name: string;
      readonly payload: string;
    })
  /** Somebody asks the whole cluster: the host should answer with an `answer` input. */
  | (UserMessageId & {
      readonly kind: "query";
      readonly name: string;
      readonly payload: string;
      /** Until its deadline, as far as is known. */
      readonly leftMs: Millis;
    })
  /**
   * More user events and queries were under way at once than a node holds: so many, since its
   * start, were not passed on as often as they should be, and may have been lost.
   */
  | { readonly kind: "notices-dropped"; readonly dropped: number }
  /** A member answered what was asked with that ticket; null: it has no answer. */
  | {
      readonly kind: "query-answered";
      readonly ticket: number;
      readonly member: MemberName;
      readonly answer: string | null;
    }
  /** Everybody present has answered, or the deadline has come: who was silent. */
  | {
      readonly kind: "query-ended";
      readonly ticket: number;
      readonly silent: readonly MemberName[];
    }
  /** The leave has been sent (all observers acked, or 400 ms passed): the host may close. */
  | { readonly kind: "left"; readonly acked: number; readonly told: number };
