import { seededRng } from "../../core/primitives/rng.ts";
import type { Transport } from "../../host/ports.ts";
import { FaultGate } from "../../transport/fault-gate.ts";
import type { LinkRules } from "../../transport/link-rules.ts";

/** What stands between a node and its sockets. */
export type GateState = "no gate" | "no rules" | "other links" | "this link";

/** How often it is measured what a datagram pays for the gate. */
export interface CostPlan {
  /** Of each sample. */
  readonly sends: number;
  readonly samples: number;
}

const RULES: Readonly<Record<Exclude<GateState, "no gate">, LinkRules>> = {
  "no rules": [],
  "other links": [{ from: ["a"], to: ["c"], drop: 1 }],
  // A fault that lets everything through at once: its cost alone.
  "this link": [{ from: ["a"], to: ["b"], duplicate: 1e-12 }],
};

/**
 * Nanoseconds that one send takes until it reaches the sockets, by what stands between. The states
 * take turns, so that the machine's moods meet all of them.
 */
export function measureSendCost({
  sends,
  samples,
}: CostPlan): ReadonlyMap<GateState, readonly number[]> {
  let taken = 0;
  const sockets: Transport = { listen: () => undefined, send: () => taken++ };
  const gated = Object.entries(RULES).map(([state, rules]): [GateState, Transport] => {
    const gate = new FaultGate({ self: "a", transport: sockets, rng: seededRng([1, 2, 3, 4]) });
    gate.setRules(rules);
    return [state as GateState, gate];
  });
  const ways: readonly [GateState, Transport][] = [["no gate", sockets], ...gated];
  const costs = new Map(ways.map(([state]): [GateState, number[]] => [state, []]));
  for (const [, way] of ways) timeSends(way, sends);
  for (let sample = 0; sample < samples; sample++) {
    for (const [state, way] of ways) costs.get(state)?.push(timeSends(way, sends));
  }
  return costs;
}

function timeSends(way: Transport, sends: number): number {
  const datagram = new Uint8Array(60);
  const to = { endpoint: { host: "127.0.0.1", port: 20_000 }, member: "b" };
  const beginMs = performance.now();
  for (let sent = 0; sent < sends; sent++) way.send(datagram, to);
  return ((performance.now() - beginMs) * 1e6) / sends;
}
