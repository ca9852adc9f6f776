import type {
  EventBody,
  ExplainBody,
  MembersBody,
  SelfBody,
  ViewsBody,
} from "../../../src/control/api-types.ts";
import type { PhiHistory } from "./phi-history.ts";

/** How it stands with the attached node. */
export type Connection =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  /** It stopped answering; what is shown is the last that it said, at `sinceMs` (the first failure where it never did). */
  | { readonly kind: "lost"; readonly sinceMs: number; readonly why: string };

/** Something read from the node, and when (wall clock). */
export interface Reading<T> {
  readonly body: T;
  readonly atMs: number;
}

/** Datagrams a second over the last readings. */
export interface Rates {
  readonly inPerS: number;
  readonly outPerS: number;
  readonly probesPerS: number;
}

/** Everything known of the cluster through one attached node. Replaced, never changed. */
export interface Picture {
  readonly url: string;
  readonly connection: Connection;
  readonly self: Reading<SelfBody> | undefined;
  readonly rates: Rates | undefined;
  readonly members: Reading<MembersBody> | undefined;
  readonly views: Reading<ViewsBody> | undefined;
  /** Of each viewer the copy before the one in `views`; ages are of the same moment. */
  readonly viewsBefore: Reading<ViewsBody> | undefined;
  /** When the attached node last changed what its view digest is made of, by the clock of the reader. */
  readonly changedAtMs: number;
  /** Of the member whose detail is open. */
  readonly explanation: Reading<ExplainBody> | undefined;
  /** Oldest first. */
  readonly events: readonly EventBody[];
  readonly history: PhiHistory;
}

/** The picture of a node that was not asked yet. */
export function emptyPicture(url: string): Picture {
  return {
    url,
    connection: { kind: "connecting" },
    self: undefined,
    rates: undefined,
    members: undefined,
    views: undefined,
    viewsBefore: undefined,
    changedAtMs: 0,
    explanation: undefined,
    events: [],
    history: new Map(),
  };
}
