import { z } from "zod";
import type { ShareSource } from "../language/scalar-sources.ts";
import { share } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { TIMED_FAULT } from "../steps/step-fields.ts";
import type { TimedFaultSource } from "../steps/timed-fault.ts";
import { LINKS } from "./fault-fields.ts";
import { type FaultWord, faultWord } from "./fault-word.ts";
import { type LinksSource, onSelectedLinks, parseRate, showRate } from "./selected-links.ts";

/** This share of the datagrams is lost. */
export interface LossSource extends TimedFaultSource {
  readonly loss: ShareSource | (LinksSource & { readonly rate: ShareSource });
}

/** `loss: 30%`, `loss: { from: b, to: a, rate: 30% }`. */
export const loss: FaultWord<"loss", LossSource> = faultWord({
  word: "loss",
  schema: schemaOf<LossSource>()(
    z
      .strictObject({
        loss: z.union([share, z.strictObject({ ...LINKS, rate: share })], {
          error: "must be a share such as 30%, or a map such as { from: b, to: a, rate: 30% }",
        }),
        ...TIMED_FAULT,
      })
      .describe("This share of the datagrams is lost"),
  ),
  parse(source, context) {
    const { links, rate } = parseRate(source.loss);
    const what = `loss ${showRate(rate)}`;
    return onSelectedLinks({ word: "loss", effect: { drop: rate }, what }, links, context);
  },
});
