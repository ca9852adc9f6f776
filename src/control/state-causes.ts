import type { ChangeCause, NodeEvent } from "../core/effect.ts";
import { endsProcess, isOfGoneProcess, type MemberName } from "../core/member.ts";

/** Why a member is in its state, as far as this run saw it come about. */
export interface StateCause {
  /** Null where the state came with what was known before this start. */
  readonly cause: ChangeCause | null;
  /** Whether its host said, to this node or to a peer that told, that no process owns its port. It holds until the member is alive. */
  readonly refused: boolean;
}

const UNKNOWN: StateCause = Object.freeze({ cause: null, refused: false });

/** The causes of the members' states, out of the node's events. */
export class StateCauses {
  private readonly causes = new Map<MemberName, StateCause>();

  accept(event: NodeEvent): void {
    if (event.kind === "member-reaped") this.causes.delete(event.member);
    else if (event.kind === "accused" && isOfGoneProcess(event.evidence)) {
      this.causes.set(event.member, { ...this.of(event.member), refused: true });
    } else if (event.kind === "member-changed") {
      const { member, to, cause } = event;
      const wasRefused = to !== "alive" && this.of(member).refused;
      this.causes.set(member, { cause, refused: endsProcess(cause) || wasRefused });
    }
  }

  of(member: MemberName): StateCause {
    return this.causes.get(member) ?? UNKNOWN;
  }
}
