import { z } from "zod";
import type { AccusationReason, MemberName } from "../../core/member.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { viewers } from "./condition-fields.ts";
import type { WithViewers } from "./condition-source.ts";
import { type ConditionWord, needsViewer } from "./condition-word.ts";
import { describeSeen, firstWrong, metUnless } from "./evaluation.ts";

/** Every viewer holds these nodes suspect or dead, by a silence of this kind. */
export interface SilenceSource extends WithViewers {
  /** By node or group: a kind, or several that are all right. */
  readonly silence: Readonly<Record<string, AccusationReason | readonly AccusationReason[]>>;
}

/** Every viewer holds each member suspect or dead, by a silence of one of these kinds. */
export interface SilenceCondition {
  readonly kind: "silence";
  readonly kinds: readonly {
    readonly member: MemberName;
    readonly oneOf: readonly AccusationReason[];
  }[];
}

const KINDS = ["silence", "unreachable", "frozen", "refused", "crashed"] as const;

const error = "must be silence, unreachable, frozen, refused, crashed, or a list of these";

const kind = z.enum(KINDS, { error });

/** `{ silence: { c: frozen, left: [unreachable, silence] } }`. */
export const silence: ConditionWord<"silence", SilenceSource, SilenceCondition> = {
  word: "silence",
  kind: "silence",
  standing: "both",
  schema: schemaOf<SilenceSource>()(
    z
      .strictObject({
        silence: z.record(z.string(), z.union([kind, z.array(kind).min(1, { error })], { error }), {
          error: "must be a map of nodes to kinds of silence, such as { c: frozen }",
        }),
        viewers,
      })
      .describe("Every viewer holds these nodes suspect or dead, by a silence of this kind"),
  ),
  parse(source, { names, path }) {
    const written = Object.entries(source.silence).map(([who, kinds]) => ({
      who,
      oneOf: typeof kinds === "string" ? [kinds] : kinds,
    }));
    const kinds = written.flatMap(({ who, oneOf }) =>
      names.expand(who, [...path, "silence", who]).map((member) => ({ member, oneOf })),
    );
    const told = written.map(({ who, oneOf }) => `${who} ${oneOf.join(" or ")}`);
    return { condition: { kind: "silence", kinds }, label: `silence: ${told.join(", ")}` };
  },
  check: needsViewer,
  evaluate: ({ kinds }, run, { viewers: looking }) =>
    metUnless(
      firstWrong(looking, kinds, (viewer, { member, oneOf }) => {
        const held = run.belief(viewer, member)?.silence ?? null;
        const isOfKind = held !== null && oneOf.includes(held);
        return isOfKind ? undefined : describeSeen(run, viewer, member);
      }),
    ),
};
