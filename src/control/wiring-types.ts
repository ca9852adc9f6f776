/** What TCP brought since the start, by outcome, reason or code; and the wires open now. */
export interface WiringCounts {
  /** This node's own wires that are open. */
  readonly wires: number;
  /** Those of others that are. */
  readonly acceptedWires: number;
  readonly opened: number;
  readonly accepted: number;
  /** Own wires that did not open. */
  readonly failed: Readonly<Record<string, number>>;
  readonly dials: Readonly<Record<string, number>>;
  /** Connections of others that this node closed. */
  readonly turnedAway: Readonly<Record<string, number>>;
  /** Connections whose other end closed them without a word, as dials do. */
  readonly wordless: number;
  readonly acceptErrors: Readonly<Record<string, number>>;
}
