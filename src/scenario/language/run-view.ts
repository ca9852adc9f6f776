import type { AccusationReason, MemberName, MemberState, Millis } from "../../core/member.ts";

/** What a check of a program's own may look at while a scenario runs. */
export interface RunView {
  /** Since the run began. */
  readonly nowMs: Millis;
  /** Processes that run and are not paused, in the order of the scenario. */
  readonly viewers: readonly string[];
  /** Undefined: not known to that viewer. */
  belief(
    viewer: string,
    member: MemberName,
  ):
    | {
        readonly state: MemberState;
        readonly incarnation: number;
        /** Of a suspect or dead member, where it is known; else null. */
        readonly silence: AccusationReason | null;
      }
    | undefined;
  /** What a consumer uses; undefined before it has asked, and while its node does not run. */
  pool(
    consumer: string,
  ): { readonly members: readonly MemberName[]; readonly panic: boolean } | undefined;
}
