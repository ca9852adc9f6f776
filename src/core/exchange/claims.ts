import type { ChangeCause } from "../effect.ts";
import type {
  AccusationUpdate,
  BeliefUpdate,
  MemberName,
  MemberRecord,
  MemberState,
  Millis,
  SingleUpdate,
  Update,
  VerdictCause,
  VerdictUpdate,
} from "../member.ts";
import type { Member, MembershipTable } from "../membership/table.ts";

/** What somebody says ended a member that is held present here. */
export interface DeathClaim {
  readonly by: MemberName;
  /** Sent to the member itself, so that it can refute. */
  readonly forSubject: Update;
  /** Believes it. Called at once, or when the check has found that the member is gone. */
  readonly believe: (now: Millis) => void;
}

/** A member's state as one verdict, to be passed on. */
export function verdictUpdate(
  member: Member,
  state: VerdictUpdate["state"],
  by: MemberName,
  cause: VerdictCause,
): VerdictUpdate {
  const { name: subject, record } = member;
  const { startId, incarnation } = record;
  return { kind: "verdict", subject, startId, incarnation, state, by, cause };
}

/** The facts of an update. A list of deaths speaks of the records that are held here, by its sender. */
export function singlesOf(
  update: Update,
  table: Pick<MembershipTable, "getByHigh">,
  sender: MemberName,
): readonly SingleUpdate[] {
  if (update.kind !== "deaths") return [update];
  const { deaths, cause } = update;
  return deaths.flatMap(({ nameHigh, incarnation }) => {
    const member = table.getByHigh(nameHigh);
    if (member?.record.incarnation !== incarnation) return [];
    return [verdictUpdate(member, "dead", sender, cause)];
  });
}

/** The declarer of the state in a record stands as its accuser. */
export function accusationFrom({ record, by: accuser }: BeliefUpdate): AccusationUpdate {
  const { name: subject, startId, incarnation } = record;
  const evidence = "silence";
  return {
    ...{ kind: "accusation", subject, startId, incarnation, accuser },
    ...{ evidence, phi: 0, revision: 0 },
  };
}

/** Whether the state is an end that its member, or an operator, wished. */
export function isWishedEnd(state: MemberState): boolean {
  return state === "left" || state === "forgotten";
}

/** How a member came to be alive again, as its newer record shows. */
export function returnCause(record: MemberRecord, held: Member): ChangeCause {
  if (record.startId !== held.record.startId) return "restarted";
  return held.state === "suspect" ? "refuted" : "returned";
}

/** What a record says of how its member ended: a death does not say how it was found. */
export function endCause(state: MemberState): ChangeCause {
  if (state === "left") return "leave";
  return state === "forgotten" ? "forget" : "reported";
}
