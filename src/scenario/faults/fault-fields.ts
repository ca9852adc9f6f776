import { z } from "zod";
import { nodes } from "../language/schemas/scalars.ts";

/** Sides of a cluster. */
export const sides = z
  .array(nodes, { error: "must be a list of sides, such as [[a, b], [c, d, e]]" })
  .min(1, { error: "needs at least one side" });

/** Both ends of links in one direction. */
export const ends = z.strictObject({ from: nodes, to: nodes });

/** Which links: all, those from or to nodes, those between two sides, or those of one node. */
export const LINKS = {
  from: nodes.optional(),
  to: nodes.optional(),
  between: z
    .array(nodes, { error: "must be two sides, such as [a, [b, c]]" })
    .length(2, { error: "must be two sides, such as [a, [b, c]]" })
    .describe("Both directions between two sides")
    .optional(),
  node: nodes.describe("Every link from and to these nodes").optional(),
} as const;
