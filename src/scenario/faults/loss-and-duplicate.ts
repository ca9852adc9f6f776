import { z } from "zod";
import type { LinkEffect } from "../../cluster/link-cuts.ts";
import type { ShareSource } from "../language/scalar-sources.ts";
import { share } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { TIMED_FAULT } from "../steps/step-fields.ts";
import type { StepContext } from "../steps/step-word.ts";
import type { TimedFaultSource } from "../steps/timed-fault.ts";
import { LINKS } from "./fault-fields.ts";
import { type FaultWord, faultWord, type LinkFault } from "./fault-word.ts";
import { type LinksSource, onSelectedLinks, parseRate, showRate } from "./selected-links.ts";

/** A share of the datagrams on all links, or on those named. */
export type RateSource = ShareSource | (LinksSource & { readonly rate: ShareSource });

/** This share of the datagrams is lost. */
export interface LossSource extends TimedFaultSource {
  readonly loss: RateSource;
}

/** `loss: 30%`, `loss: { from: b, to: a, rate: 30% }`. */
export const loss: FaultWord<"loss", LossSource> = faultWord({
  word: "loss",
  schema: schemaOf<LossSource>()(
    z
      .strictObject({
        loss: rate("30%, or a map such as { from: b, to: a, rate: 30% }"),
        ...TIMED_FAULT,
      })
      .describe("This share of the datagrams is lost"),
  ),
  parse: (source, context) => withRate("loss", source.loss, (drop) => ({ drop }), context),
});

/** This share of the datagrams arrives twice. */
export interface DuplicateSource extends TimedFaultSource {
  readonly duplicate: RateSource;
}

/** `duplicate: 10%`, `duplicate: { node: b, rate: 10% }`. */
export const duplicate: FaultWord<"duplicate", DuplicateSource> = faultWord({
  word: "duplicate",
  schema: schemaOf<DuplicateSource>()(
    z
      .strictObject({
        duplicate: rate("10%, or a map such as { node: b, rate: 10% }"),
        ...TIMED_FAULT,
      })
      .describe("This share of the datagrams arrives twice"),
  ),
  parse: (source, context) =>
    withRate("duplicate", source.duplicate, (share) => ({ duplicate: share }), context),
});

function rate(examples: string) {
  const error = `must be a share such as ${examples}`;
  const ofLinks = z.strictObject({ ...LINKS, rate: share });
  return z.union([share, ofLinks], { error }).meta({ shared: "rate" });
}

function withRate(
  word: "loss" | "duplicate",
  source: RateSource,
  effectOf: (rate: number) => LinkEffect,
  context: StepContext,
): LinkFault {
  const { links, rate } = parseRate(source);
  const what = `${word} ${showRate(rate)}`;
  return onSelectedLinks({ word, effect: effectOf(rate), what }, links, context);
}
