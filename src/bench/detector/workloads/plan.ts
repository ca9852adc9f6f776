import type { Millis } from "../../../core/member.ts";

/** What is done to some members again and again: `onMs` of fault, then `offMs` without. */
export interface Anomaly {
  readonly fault: "freeze" | "egress" | "ingress" | "both";
  /** Of all but a freeze: the share that is lost while the fault is on. */
  readonly share: number;
  readonly onMs: Millis;
  /** 0: the fault stays on. */
  readonly offMs: Millis;
  /** Whether all members begin together (as under one noisy neighbour), or each at its own phase. */
  readonly isTogether: boolean;
}

/** What happens in one trial, as a value that crosses to a worker thread. */
export type Plan =
  /** Members die one after the other, each when the last death is known to all. */
  | {
      readonly kind: "crash";
      readonly of: "process" | "host";
      readonly victims: number;
      readonly loss: number;
    }
  | { readonly kind: "mass-crash"; readonly of: "process" | "host"; readonly share: number }
  /** Nobody dies. */
  | { readonly kind: "calm"; readonly loss: number; readonly forMs: Millis }
  /** One process stands still; with `pause` its kernel does, too. */
  | { readonly kind: "freeze" | "pause"; readonly forMs: Millis }
  | {
      readonly kind: "anomalies";
      readonly anomaly: Anomaly;
      readonly members: number;
      readonly forMs: Millis;
    }
  | { readonly kind: "partition"; readonly minority: number; readonly forMs: Millis }
  | { readonly kind: "rolling-restart"; readonly downMs: Millis }
  | { readonly kind: "join-burst" };
