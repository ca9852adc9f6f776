import { z } from "zod";
import type { DurationSource } from "../language/scalar-sources.ts";
import { duration, durationMs } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { TIMED_FAULT } from "../steps/step-fields.ts";
import type { TimedFaultSource } from "../steps/timed-fault.ts";
import { LINKS } from "./fault-fields.ts";
import { type FaultWord, faultWord } from "./fault-word.ts";
import { type LinksSource, onSelectedLinks } from "./selected-links.ts";

/** Datagrams take this much longer, in each direction. */
export interface DelaySource extends TimedFaultSource {
  readonly delay:
    | DurationSource
    | (LinksSource & { readonly by: DurationSource; readonly jitter?: DurationSource | undefined });
}

/** `delay: 200ms`, `delay: { node: c, by: 200ms, jitter: 20ms }`. */
export const delay: FaultWord<"delay", DelaySource> = faultWord({
  word: "delay",
  schema: schemaOf<DelaySource>()(
    z
      .strictObject({
        delay: z.union(
          [duration, z.strictObject({ ...LINKS, by: duration, jitter: duration.optional() })],
          { error: "must be a duration, or a map such as { node: c, by: 200ms, jitter: 20ms }" },
        ),
        ...TIMED_FAULT,
      })
      .describe("Datagrams take this much longer, in each direction"),
  ),
  parse(source, context) {
    const written = typeof source.delay === "string" ? { by: source.delay } : source.delay;
    const { by, jitter } = written;
    const jitterMs = jitter === undefined ? 0 : durationMs(jitter);
    const effect = { delayMs: durationMs(by), jitterMs };
    const what = jitter === undefined ? `delay ${by}` : `delay ${by} +- ${jitter}`;
    return onSelectedLinks({ word: "delay", effect, what }, written, context);
  },
});
