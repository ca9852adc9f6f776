import type { ConditionSource } from "../conditions/registry.ts";
import type { RunView } from "./run-view.ts";
import type { DurationSource, NodesSource, ShareSource } from "./scalar-sources.ts";

/** How long until it is so, and how long it must stay so. */
interface Patience {
  readonly within?: DurationSource | undefined;
  readonly hold?: DurationSource | undefined;
}

/** A fault with an end. */
interface TimedFault {
  /** It ends by itself after this, and the next step waits for it. */
  readonly for?: DurationSource | undefined;
  readonly during?: readonly StepSource[] | undefined;
}

/** Which links: all, those from or to nodes, those between two sides, or those of one node. */
export interface LinksSource {
  readonly from?: NodesSource | undefined;
  readonly to?: NodesSource | undefined;
  /** Both directions between two sides. */
  readonly between?: readonly NodesSource[] | undefined;
  /** Every link from and to these nodes. */
  readonly node?: NodesSource | undefined;
}

/** Each step as it is written, by its verb. */
export interface StepSources {
  /** Starts processes, all at once, and waits until they are ready. */
  start: {
    readonly start: NodesSource;
    /** The member that it claims to be. */
    readonly as?: string | undefined;
    /** Whom it dials; without it the first few that run. */
    readonly join?: NodesSource | undefined;
  };
  /** SIGTERM: they say goodbye and end. */
  stop: { readonly stop: NodesSource };
  /** SIGKILL. */
  kill: { readonly kill: NodesSource };
  /** SIGSTOP: they stand still. */
  pause: TimedFault & { readonly pause: NodesSource };
  /** SIGCONT. */
  resume: { readonly resume: NodesSource };
  /** They say goodbye on request, and end. */
  leave: { readonly leave: NodesSource };
  /** SIGKILL if they run, and a start at the same address. */
  restart: { readonly restart: NodesSource; readonly down?: DurationSource | undefined };
  /** Sides that do not reach each other; the nodes in none form one more. */
  partition: TimedFault & { readonly partition: readonly NodesSource[] };
  /** Each alone. */
  isolate: TimedFault & { readonly isolate: NodesSource };
  /** Two sides that do not reach each other, and nodes that reach both. */
  bridge: TimedFault & {
    readonly bridge: { readonly sides: readonly NodesSource[]; readonly over: NodesSource };
  };
  /** Each reaches a majority, its nearest in this order, and no two the same one. */
  ring: TimedFault & { readonly ring: NodesSource };
  /** What the one sends does not arrive at the other. */
  reject: TimedFault & {
    readonly reject: { readonly from: NodesSource; readonly to: NodesSource };
  };
  oneway: TimedFault & {
    readonly oneway: { readonly from: NodesSource; readonly to: NodesSource };
  };
  /** Datagrams travel so much longer, in each direction. */
  delay: TimedFault & {
    readonly delay:
      | DurationSource
      | (LinksSource & {
          readonly by: DurationSource;
          readonly jitter?: DurationSource | undefined;
        });
  };
  /** This share of the datagrams is lost. */
  loss: TimedFault & {
    readonly loss: ShareSource | (LinksSource & { readonly rate: ShareSource });
  };
  /** This share of the datagrams arrives twice. */
  duplicate: TimedFault & {
    readonly duplicate: ShareSource | (LinksSource & { readonly rate: ShareSource });
  };
  /** This share is held back while later ones pass. */
  reorder: TimedFault & {
    readonly reorder:
      | ShareSource
      | (LinksSource & { readonly rate: ShareSource; readonly by?: DurationSource | undefined });
  };
  /** Ends faults of links: all of them, or those of these verbs. */
  heal: { readonly heal: string | readonly string[] };
  /** Blocks the event loop of daemons. */
  stall: {
    readonly stall: NodesSource;
    readonly for: DurationSource;
    readonly during?: readonly StepSource[] | undefined;
  };
  /** Waits until it is so. */
  await: {
    readonly await: ConditionSource;
    readonly within: DurationSource;
    readonly hold?: DurationSource | undefined;
  };
  /** The same, but the run goes on when it failed; without `within` it must be so now. */
  expect: Patience & { readonly expect: ConditionSource };
  /** From here to the end of the block. */
  always: { readonly always: ConditionSource };
  /** From here to the end of the block. */
  never: { readonly never: ConditionSource };
  /** Several rounds. */
  repeat: { readonly repeat: number; readonly steps: readonly StepSource[] };
  /** A part with a name; what is always or never ends with it. */
  section: { readonly section: string; readonly steps: readonly StepSource[] };
  /** Lets time pass. */
  wait: { readonly wait: DurationSource };
  /** A line in the report, and a name for `since`. */
  mark: { readonly mark: string };
  /** A line for whoever watches. */
  log: { readonly log: string };
  /** A function of a program: undefined when it is so, else what is wrong. */
  check: Patience & {
    readonly check: (view: RunView) => string | undefined;
    readonly title?: string | undefined;
  };
}

export type StepSourceOf<V extends keyof StepSources> = StepSources[V];

/** A step as it is written. */
export type StepSource = StepSources[keyof StepSources];
