import type { PublicEvent } from "../../control/api-types.ts";
import type { MemberName, MemberState, Millis } from "../../core/member.ts";
import type { LinkRules } from "../../transport/link-rules.ts";
import type { ProcessEnd, WorldName } from "../run-record.ts";

/**
 * A cluster that a scenario is played on: real daemons, or the simulator's. Nothing is polled: what
 * happens is told to the listener, in order for each node, with the time at which it happened. Only
 * consumers ask again and again, as such do, and what they then use is told when it changes.
 */
export interface Cluster {
  readonly world: WorldName;
  /** Since the cluster was opened. */
  readonly nowMs: Millis;
  /** Set once, before the first start. */
  listener: (observation: Observation) => void;

  /** Starts processes at their old addresses where they had one; resolves when all are ready. */
  start(orders: readonly StartOrder[]): Promise<void>;
  /** Resolves when the process is gone. */
  end(node: string, how: EndOrder): Promise<void>;
  pause(node: string): Promise<void>;
  resume(node: string): Promise<void>;
  /** Blocks its event loop; resolves once it has begun. It ends by itself. */
  stall(node: string, forMs: Millis): Promise<void>;
  /** The faults of all links from now on; none: heals everything. */
  setFaults(rules: LinkRules): Promise<void>;

  /** Lets time pass until then, or until something was observed. */
  advance(untilMs: Millis): Promise<void>;
  /** Resolves when what happened up to now was told, as far as one can know. */
  settle(): Promise<void>;
  /** What each process that runs and is not paused has sent since its start. */
  traffic(): Promise<ReadonlyMap<string, Traffic>>;
  /** Ends everything that it started, and waits for that. */
  close(): Promise<void>;
}

export type EndOrder = "stop" | "kill" | "leave";

export interface StartOrder {
  readonly node: string;
  /** The member that it claims to be. */
  readonly member: MemberName;
  /** Processes that it dials. */
  readonly join: readonly string[];
}

export interface Traffic {
  readonly bytes: number;
  readonly datagrams: number;
  /** For how long it has run. */
  readonly ranMs: Millis;
}

export type Observation = { readonly node: string; readonly atMs: Millis } & (
  | { readonly kind: "started"; readonly member: MemberName }
  | { readonly kind: "ended"; readonly end: ProcessEnd; readonly exitCode: number | null }
  | { readonly kind: "event"; readonly event: PublicEvent }
  /** A consumer that asks this node uses other members than before. */
  | {
      readonly kind: "pool";
      readonly consumer: string;
      readonly members: readonly MemberName[];
      readonly panic: boolean;
    }
  /** The whole view, where the events before were missed. */
  | { readonly kind: "view"; readonly members: readonly Believed[] }
);

export interface Believed {
  readonly member: MemberName;
  readonly state: MemberState;
  readonly incarnation: number;
}
