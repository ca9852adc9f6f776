import type { Condition, Expectation } from "../scenario.ts";
import type { ProcessStates } from "./process-states.ts";

/** What a scenario has come to at one of its steps. */
export interface Place {
  readonly nodes: readonly string[];
  readonly processes: ProcessStates;
  /** Texts of the marks so far. */
  readonly marks: ReadonlySet<string>;
  /** Outside every block, where nothing has begun. */
  readonly isAtTop: boolean;
}

/** Conditions that are a matter of one moment, and so may stand for a whole block. */
const STANDING: ReadonlySet<Condition["kind"]> = new Set([
  "converged",
  "see",
  "count",
  "isolated",
  "seen",
  "traffic-below",
  "pool",
  "custom",
]);

/** Why it cannot come about here, or undefined. */
export function conditionComplaint(
  { condition, viewers, holdMs }: Expectation,
  { processes, marks, isAtTop }: Place,
): string | undefined {
  const blind = viewers?.find((viewer) => processes.of(viewer).is !== "up");
  if (blind !== undefined) return `${tellWhy(blind, processes)}, so it sees nothing`;
  switch (condition.kind) {
    case "isolated":
      return first(condition.nodes, (node) =>
        processes.of(node).is === "up" ? undefined : tellWhy(node, processes),
      );
    case "back":
      return first(condition.members, (node) =>
        processes.of(node).is === "up"
          ? undefined
          : `${tellWhy(node, processes)}, so it is not back`,
      );
    case "incarnation-rises":
      if (condition.since === null && isAtTop) {
        return "incarnation_rises needs a since: the text of a mark before it";
      }
      return unknownMark(condition.since, marks);
    case "events":
      return unknownMark(condition.since, marks);
    case "traffic-below":
      return holdMs > 0 ? undefined : "traffic_below needs a hold: for how long it is measured";
    case "pool":
      return processes.of(condition.at).is === "up"
        ? undefined
        : `${tellWhy(condition.at, processes)}, so ${condition.consumer} cannot ask it`;
    case "ended":
      return !processes.hasStarted(condition.node)
        ? `${condition.node} cannot end: ${processes.of(condition.node).because}`
        : undefined;
    default:
      return viewers === null && processes.up.length === 0
        ? "no node runs here, so nobody sees anything"
        : undefined;
  }
}

/** Why it cannot be judged all the time, or undefined. */
export function standingComplaint({ verb, condition }: Expectation): string | undefined {
  if (!STANDING.has(condition.kind)) {
    return `${condition.kind} is for await and expect; it cannot be judged at every moment`;
  }
  if (verb === "never" && condition.kind === "traffic-below") {
    return "traffic_below goes with always; it is judged over the whole time";
  }
  return undefined;
}

function unknownMark(since: string | null, marks: ReadonlySet<string>): string | undefined {
  if (since === null || marks.has(since)) return undefined;
  return `there is no mark ${JSON.stringify(since)} before this`;
}

function tellWhy(node: string, processes: ProcessStates): string {
  const { is, because } = processes.of(node);
  return is === "paused" ? `${node} is paused here (${because})` : processes.tellDown(node);
}

function first(
  nodes: readonly string[],
  complaint: (node: string) => string | undefined,
): string | undefined {
  for (const node of nodes) {
    const found = complaint(node);
    if (found !== undefined) return found;
  }
  return undefined;
}
