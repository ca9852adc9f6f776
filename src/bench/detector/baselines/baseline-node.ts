import type { Endpoint, MemberName } from "../../../core/member.ts";
import type { Rng } from "../../../core/primitives/rng.ts";
import type { Clock, Transport } from "../../../host/ports.ts";
import type { ListedMember } from "./baseline-message.ts";

/** A change in a baseline's view; `from` is null for a member that it did not know. */
export interface BaselineNews {
  readonly member: MemberName;
  readonly from: ListedMember["state"] | null;
  readonly to: ListedMember["state"];
  readonly incarnation: number;
}

/** What a node of a baseline is made of. */
export interface BaselineOptions {
  readonly name: MemberName;
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly port: Transport;
  readonly rng: Rng;
  /** Asked at the start for the member list, one after the other until one answers. */
  readonly seeds: readonly Endpoint[];
  readonly onNews: (news: BaselineNews) => void;
}

/** One process of a baseline. It ends with its clock and its port. */
export interface BaselineNode {
  start(): void;
  /** Knows all these members from the beginning, itself among them. Before `start` alone. */
  prefill(members: readonly { readonly name: MemberName; readonly endpoint: Endpoint }[]): void;
}
