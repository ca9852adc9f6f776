import { bridge } from "./bridge.ts";
import { delay } from "./delay.ts";
import { isolate } from "./isolate.ts";
import { duplicate, loss } from "./loss-and-duplicate.ts";
import { oneway, reject } from "./one-direction.ts";
import { partition } from "./partition.ts";
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
