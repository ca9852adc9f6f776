import { z } from "zod";
import type { EndOrder } from "../../cluster/cluster.ts";
import type { NodesSource } from "../language/scalar-sources.ts";
import { nodes } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { type ProcessStep, processWord } from "./process-word.ts";
import type { StepRun } from "./step-run.ts";
import type { StepWord } from "./step-word.ts";

/** A step with no key but its word, whose value is the nodes that it is done to. */
export type OrderSource<V extends string> = { readonly [K in V]: NodesSource };

type Order<V extends string> = StepWord<V, OrderSource<V>, ProcessStep<V>>;

/** `kill: nodes`. */
export const kill: Order<"kill"> = processWord({
  word: "kill",
  schema: schemaOf<OrderSource<"kill">>()(z.strictObject({ kill: nodes }).describe("SIGKILL")),
  past: "killed",
  leaves: "down",
  // A paused process can be killed.
  complaint: (node, processes) =>
    processes.of(node).is === "down" ? processes.tellDown(node) : undefined,
  perform: ending("kill"),
});

/** `stop: nodes`. */
export const stop: Order<"stop"> = processWord({
  word: "stop",
  schema: schemaOf<OrderSource<"stop">>()(
    z.strictObject({ stop: nodes }).describe("SIGTERM: they leave and end"),
  ),
  past: "stopped",
  leaves: "down",
  complaint: (node, processes) => processes.whyNotUp(node),
  perform: ending("stop"),
});

/** `leave: nodes`. */
export const leave: Order<"leave"> = processWord({
  word: "leave",
  schema: schemaOf<OrderSource<"leave">>()(
    z.strictObject({ leave: nodes }).describe("They leave on request, and end"),
  ),
  past: "asked to leave",
  leaves: "down",
  complaint: (node, processes) => processes.whyNotUp(node),
  perform: ending("leave"),
});

/** `resume: nodes`; the machines of suspended ones wake first. */
export const resume: Order<"resume"> = processWord({
  word: "resume",
  schema: schemaOf<OrderSource<"resume">>()(
    z.strictObject({ resume: nodes }).describe("SIGCONT, or the end of a suspend"),
  ),
  past: "resumed",
  leaves: "up",
  complaint: (node, processes) =>
    processes.of(node).is === "paused" ? undefined : `${node} is not paused here`,
  perform: ({ nodes: whose }, { context }) => context.unlessAborted(context.cluster.resume(whose)),
});

function ending(how: EndOrder) {
  return ({ nodes: whose }: Pick<ProcessStep, "nodes">, { context }: StepRun) =>
    context.unlessAborted(context.cluster.end(whose, how));
}
