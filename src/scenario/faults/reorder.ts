import { z } from "zod";
import type { DurationSource, ShareSource } from "../language/scalar-sources.ts";
import { duration, durationMs, share } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { TIMED_FAULT } from "../steps/step-fields.ts";
import type { TimedFaultSource } from "../steps/timed-fault.ts";
import { LINKS } from "./fault-fields.ts";
import { type FaultWord, faultWord } from "./fault-word.ts";
import { type LinksSource, onSelectedLinks, parseRate, showRate } from "./selected-links.ts";

/** For how long a datagram is held back. */
type HeldBackSource = LinksSource & { readonly by?: DurationSource | undefined };

/** This share is held back while later ones pass. */
export interface ReorderSource extends TimedFaultSource {
  readonly reorder: ShareSource | (HeldBackSource & { readonly rate: ShareSource });
}

/** `reorder: 10%`, `reorder: { node: b, rate: 10%, by: 50ms }`. */
export const reorder: FaultWord<"reorder", ReorderSource> = faultWord({
  word: "reorder",
  schema: schemaOf<ReorderSource>()(
    z
      .strictObject({
        reorder: z.union(
          [share, z.strictObject({ ...LINKS, rate: share, by: duration.optional() })],
          {
            error: "must be a share such as 10%, or a map such as { node: b, rate: 10%, by: 50ms }",
          },
        ),
        ...TIMED_FAULT,
      })
      .describe("This share is held back while later ones pass"),
  ),
  parse(source, context) {
    const { links, rate } = parseRate<HeldBackSource>(source.reorder);
    const { by } = links;
    const effect = { reorder: rate, ...(by !== undefined && { reorderMs: durationMs(by) }) };
    const what = `reorder ${showRate(rate)}`;
    return onSelectedLinks({ word: "reorder", effect, what }, links, context);
  },
});
