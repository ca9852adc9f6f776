import { bridge } from "./bridge.ts";
import { delay } from "./delay.ts";
import { duplicate } from "./duplicate.ts";
import { isolate } from "./isolate.ts";
import { loss } from "./loss.ts";
import { oneway } from "./oneway.ts";
import { partition } from "./partition.ts";
import { reject } from "./reject.ts";
import { reorder } from "./reorder.ts";
import { ring } from "./ring.ts";

/**
 * Every word that begins a fault of links, in the order of suggestions and of the JSON schema. To add
 * one: a file with its type, schema and rules (`isolate.ts` is a short example), and its line here.
 */
export const FAULTS = [
  partition,
  isolate,
  bridge,
  ring,
  oneway,
  reject,
  delay,
  loss,
  duplicate,
  reorder,
] as const;

/** The words of faults of links, which `heal` can end. */
export type LinkVerb = (typeof FAULTS)[number]["word"];
