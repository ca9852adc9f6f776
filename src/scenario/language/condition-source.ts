import type { SeenState } from "./scenario.ts";

/** `all`, a node, a group, or a list of nodes and groups. */
export type NodesSource = string | readonly string[];

/** A duration such as `500ms`, `5s` or `2m`. */
export type DurationSource = string;

interface Viewed {
  /** Whose views count; without it those of all that run. */
  readonly viewers?: NodesSource | undefined;
}

interface Since {
  /** Text of a mark; without it the beginning of the block. */
  readonly since?: string | undefined;
}

interface SeenBy {
  /** Viewers; `same_side`, with `dead`: those that no fault kept from the member. */
  readonly seen_by?: NodesSource | undefined;
}

/** Each kind of condition as it is written, by the key that tells it. */
export interface ConditionSources {
  /** The views of these nodes are equal, and all of them are alive in them. */
  converged: { readonly converged: NodesSource };
  /** Every viewer sees these nodes so. */
  see: Viewed & { readonly see: Readonly<Record<string, SeenState | readonly SeenState[]>> };
  /** Every viewer sees so many members in these states. */
  count: Viewed & { readonly count: Readonly<Partial<Record<SeenState, number>>> };
  /** Every viewer holds them dead; `within` counts from what ended them. */
  detected: Viewed & { readonly detected: NodesSource };
  /** Every viewer holds them alive; `within` counts from their return. */
  back: Viewed & { readonly back: NodesSource };
  /** They know that they are isolated. */
  isolated: { readonly isolated: NodesSource };
  /** They do not consider themselves isolated. */
  not_isolated: { readonly not_isolated: NodesSource };
  /** These events happened in this order. */
  events: Since & { readonly events: readonly EventPatternSource[] };
  /** Every viewer sees a higher incarnation than then. */
  incarnation_rises: Viewed & Since & { readonly incarnation_rises: NodesSource };
  /** Each node sends less than this on average, while it is held: `8 KiB/s`. */
  traffic_below: Viewed & { readonly traffic_below: string };
  /** The process ended by itself. */
  ended: { readonly ended: string; readonly exit_code?: number | undefined };
  /** What a consumer uses. */
  pool_of: {
    readonly pool_of: string;
    /** How many members it uses. */
    readonly size?: number | undefined;
    readonly in?: NodesSource | undefined;
    readonly out?: NodesSource | undefined;
    readonly panic?: boolean | undefined;
  };
  /** Some view holds one of them alive; for `never`, as the next three. */
  alive: SeenBy & { readonly alive: NodesSource };
  suspect: SeenBy & { readonly suspect: NodesSource };
  dead: SeenBy & { readonly dead: NodesSource };
  left: SeenBy & { readonly left: NodesSource };
}

/** An event of a node's stream: its kind, and fields with the value that they must have. */
export interface EventPatternSource {
  readonly event: string;
  readonly [field: string]: string | number | boolean | null;
}

/** A condition as it is written. */
export type ConditionSource = "converged" | ConditionSources[keyof ConditionSources];
