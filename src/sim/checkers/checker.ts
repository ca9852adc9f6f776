import type { NodeEvent } from "../../core/effect.ts";
import type { MemberName, MemberRecord, MemberState, Millis } from "../../core/member.ts";
import type { Message } from "../../core/message.ts";
import type { NodeSnapshot } from "../../core/snapshot.ts";
import type { RealProcess } from "./world.ts";

/** Says that a rule was broken. The first one ends the run. */
export type Report = (rule: string, detail: string) => void;

/** Holds one rule against everything that happens, looking only at what a step changed. */
export interface Checker {
  /** A member ended before the run began, on that word. */
  buried?(record: MemberRecord, state: MemberState, by: MemberName): void;
  started?(process: RealProcess, nowMs: Millis): void;
  happened?(process: RealProcess, event: NodeEvent, nowMs: Millis): void;
  sent?(process: RealProcess, message: Message, nowMs: Millis): void;
  ended?(process: RealProcess, nowMs: Millis): void;
  /** Nobody hears it until then. */
  fellSilent?(process: RealProcess, nowMs: Millis, untilMs: Millis): void;
  /** It stands still until then; its kernel does not. */
  froze?(process: RealProcess, nowMs: Millis, untilMs: Millis): void;
  /** A look at a whole node, now and then. */
  inspected?(process: RealProcess, snapshot: NodeSnapshot, nowMs: Millis): void;
  /** Every running node was looked at. */
  looked?(nowMs: Millis): void;
}
