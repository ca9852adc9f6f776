import { formatEndpoint, type MemberName, type Millis } from "../../src/core/member.ts";
import type { Message } from "../../src/core/message.ts";
import type { DrivenNode } from "./driven-node.ts";

/** One datagram that travelled, or was lost, between nodes under test. */
export interface Delivery {
  readonly from: MemberName;
  readonly to: MemberName;
  readonly message: Message;
}

const DELIVERIES_MAX = 5_000;

/** Carries what driven nodes send to each other, at once and in order; other addresses hear nothing. */
export class Wire {
  /** What arrived so far. */
  readonly carried: Delivery[] = [];
  /** What it says yes to does not arrive. */
  loses: (delivery: Delivery) => boolean = () => false;

  private readonly nodes: readonly DrivenNode[];
  private readonly carriedOf = new Map<DrivenNode, number>();

  /** What the nodes sent before this moment is not carried. */
  constructor(...nodes: DrivenNode[]) {
    this.nodes = nodes;
    for (const node of nodes) this.carriedOf.set(node, node.sent.length);
  }

  /** Until nobody has more to say. */
  settle(): void {
    while (this.nodes.filter((node) => this.carryFrom(node)).length > 0) {
      if (this.carried.length > DELIVERIES_MAX) throw new Error("the nodes talk without end");
    }
  }

  /** For that long, in steps of 10 ms. */
  run(forMs: Millis): void {
    for (let left = forMs; left > 0; left -= 10) {
      this.settle();
      for (const node of this.nodes) node.run(Math.min(10, left));
    }
    this.settle();
  }

  private carryFrom(node: DrivenNode): boolean {
    const from = this.carriedOf.get(node) ?? 0;
    const fresh = node.sent.slice(from);
    this.carriedOf.set(node, node.sent.length);
    for (const { to, message } of fresh) {
      const receiver = this.nodes.find(
        ({ self }) => formatEndpoint(self.endpoint) === formatEndpoint(to.endpoint),
      );
      if (receiver === undefined) continue;
      const delivery = { from: node.self.name, to: receiver.self.name, message };
      if (this.loses(delivery)) continue;
      this.carried.push(delivery);
      receiver.receive(message, node.self.endpoint);
    }
    return fresh.length > 0;
  }
}
