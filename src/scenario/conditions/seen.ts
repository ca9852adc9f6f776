import { z } from "zod";
import type { MemberName } from "../../core/member.ts";
import { showNames } from "../language/parsing/names.ts";
import type { NodesSource } from "../language/scalar-sources.ts";
import { oneOrMore } from "../language/schemas/scalars.ts";
import type { Schema } from "../language/schemas/schema.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { type ConditionWord, expandAt, needsViewer } from "./condition-word.ts";
import { describeSeen, unmet } from "./evaluation.ts";

/** A state that a word is called after. */
type State = "alive" | "suspect" | "dead" | "left";

/** Some view holds one of them so; for `never`. */
export type SeenSource<S extends State> = { readonly [K in S]: NodesSource } & {
  /** Viewers; `same_side`, with `dead`: those that no fault kept from the member. */
  readonly seen_by?: NodesSource | undefined;
};

/** Some view holds it so; mostly under `never`. */
export interface SeenCondition {
  readonly kind: "seen";
  readonly state: State;
  /** Null: any member whose process runs. */
  readonly members: readonly MemberName[] | null;
  /** `same_side`, for `dead` alone: only viewers that nothing kept from the member then. */
  readonly seenBy: "anyone" | "same_side" | readonly string[];
}

const who = oneOrMore("must be anyone, a node, a group, or a list of them").describe(
  "anyone whose process runs, a node, a group, or a list of them",
);

const seen_by = oneOrMore("must be anyone, same_side, a node, a group, or a list of them")
  .describe("Viewers; same_side, with dead: those that no fault kept from the member")
  .optional();

const described = (state: State) => `Some view holds one of them ${state}; for never`;

function seenWord<S extends State>(
  state: S,
  schema: Schema<SeenSource<S>>,
): ConditionWord<S, SeenSource<S>, SeenCondition> {
  return {
    word: state,
    kind: "seen",
    standing: "both",
    schema,
    parse(source, context) {
      const members = source[state] === "anyone" ? null : expandAt(source[state], state, context);
      const { seen_by: by = "anyone" } = source;
      const seenBy = by === "anyone" || by === "same_side" ? by : expandAt(by, "seen_by", context);
      if (seenBy === "same_side" && state !== "dead") {
        const message = `same_side works with dead only; for ${state} use anyone or nodes`;
        context.issues.add([...context.path, "seen_by"], message);
      }
      const told = members === null ? "anyone that runs" : showNames(members);
      const viewers = typeof seenBy === "string" ? seenBy.replace("_", " ") : showNames(seenBy);
      return {
        condition: { kind: "seen", state, members, seenBy },
        label: `${told} ${state}, seen by ${viewers}`,
      };
    },
    check: needsViewer,
    evaluate: evaluateSeen,
  };
}

const evaluateSeen: ConditionWord<State, never, SeenCondition>["evaluate"] = (
  { state, members, seenBy },
  run,
  { viewers },
) => {
  const whose = typeof seenBy === "string" ? viewers : seenBy;
  for (const viewer of whose) {
    const own = run.process(viewer).member;
    const beliefs = state === "alive" ? run.beliefs.of(viewer) : run.beliefs.unusual(viewer);
    for (const [member, belief] of beliefs) {
      if (belief.state !== state || member === own) continue;
      const isMeant =
        members === null ? run.ownerOf(member) !== undefined : members.includes(member);
      if (!isMeant || (seenBy === "same_side" && !belief.isUnprovoked)) continue;
      return { holds: true, got: () => describeSeen(run, viewer, member) };
    }
  }
  return unmet("no viewer sees that");
};

/** `{ alive: anyone, seen_by: nodes }`. */
export const alive: ConditionWord<"alive", SeenSource<"alive">, SeenCondition> = seenWord(
  "alive",
  schemaOf<SeenSource<"alive">>()(
    z.strictObject({ alive: who, seen_by }).describe(described("alive")),
  ),
);

/** `{ suspect: anyone, seen_by: nodes }`. */
export const suspect: ConditionWord<"suspect", SeenSource<"suspect">, SeenCondition> = seenWord(
  "suspect",
  schemaOf<SeenSource<"suspect">>()(
    z.strictObject({ suspect: who, seen_by }).describe(described("suspect")),
  ),
);

/** `{ dead: anyone, seen_by: same_side }`. */
export const dead: ConditionWord<"dead", SeenSource<"dead">, SeenCondition> = seenWord(
  "dead",
  schemaOf<SeenSource<"dead">>()(
    z.strictObject({ dead: who, seen_by }).describe(described("dead")),
  ),
);

/** `{ left: anyone, seen_by: nodes }`. */
export const left: ConditionWord<"left", SeenSource<"left">, SeenCondition> = seenWord(
  "left",
  schemaOf<SeenSource<"left">>()(
    z.strictObject({ left: who, seen_by }).describe(described("left")),
  ),
);
