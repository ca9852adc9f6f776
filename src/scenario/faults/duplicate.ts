import { z } from "zod";
import type { ShareSource } from "../language/scalar-sources.ts";
import { share } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { TIMED_FAULT } from "../steps/step-fields.ts";
import type { TimedFaultSource } from "../steps/timed-fault.ts";
import { LINKS } from "./fault-fields.ts";
import { type FaultWord, faultWord } from "./fault-word.ts";
import { type LinksSource, onSelectedLinks, parseRate, showRate } from "./selected-links.ts";

/** This share of the datagrams arrives twice. */
export interface DuplicateSource extends TimedFaultSource {
  readonly duplicate: ShareSource | (LinksSource & { readonly rate: ShareSource });
}

/** `duplicate: 10%`, `duplicate: { node: b, rate: 10% }`. */
export const duplicate: FaultWord<"duplicate", DuplicateSource> = faultWord({
  word: "duplicate",
  schema: schemaOf<DuplicateSource>()(
    z
      .strictObject({
        duplicate: z.union([share, z.strictObject({ ...LINKS, rate: share })], {
          error: "must be a share such as 10%, or a map such as { node: b, rate: 10% }",
        }),
        ...TIMED_FAULT,
      })
      .describe("This share of the datagrams arrives twice"),
  ),
  parse(source, context) {
    const { links, rate } = parseRate(source.duplicate);
    const what = `duplicate ${showRate(rate)}`;
    const effect = { duplicate: rate };
    return onSelectedLinks({ word: "duplicate", effect, what }, links, context);
  },
});
