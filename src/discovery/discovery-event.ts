import type { Millis, ServiceHealth } from "../core/member.ts";

/** Something that happened to services at this node, reported once, beside the events of the node itself. */
export type DiscoveryEvent =
  /** All known endpoints of the service come back from now on, usable or not. */
  | {
      readonly kind: "panic-began";
      readonly service: string;
      readonly reason: string;
      /** Endpoints that would be in without it, of those known: 0 to 1. */
      readonly share: number;
    }
  | { readonly kind: "panic-ended"; readonly service: string; readonly lastedMs: Millis }
  /** The health of a service that this node offers, as its own checks see it. */
  | {
      readonly kind: "health-changed";
      readonly service: string;
      readonly from: ServiceHealth;
      readonly to: ServiceHealth;
      /** The last words of the check that decided, in short. */
      readonly output: string;
    };
