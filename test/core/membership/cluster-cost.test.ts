import { beforeAll, describe, expect, test } from "vitest";
import type { NodeConfig } from "../../../src/core/config.ts";
import { SimCluster } from "../../../src/sim/sim-cluster.ts";

const SPAN_MS = 20_000;

/** What each node of a cluster sends while nothing happens, after it came to rest. */
function idle(count: number, config: Partial<NodeConfig> = {}) {
  const names = Array.from({ length: count }, (_, index) => `m${index}`);
  const cluster = new SimCluster({ rngSeed: count, config });
  cluster.startAll(names);
  expect(cluster.runUntil(() => cluster.isConverged(), 10_000)).toBeDefined();
  cluster.run(20_000);
  const sentOf = (kind: "gossip" | "sync-request" | "ping") =>
    names.reduce((sum, name) => sum + (cluster.counters(name).sent[kind]?.datagrams ?? 0), 0);
  const before = { sync: sentOf("sync-request"), gossip: sentOf("gossip"), ping: sentOf("ping") };
  const { sent } = cluster.network.counters;
  const told = cluster.events.length;
  cluster.run(SPAN_MS);
  return {
    syncs: sentOf("sync-request") - before.sync,
    gossip: sentOf("gossip") - before.gossip,
    pingsPerSecond: (sentOf("ping") - before.ping) / count / (SPAN_MS / 1000),
    messagesPerSecond: (cluster.network.counters.sent - sent) / count / (SPAN_MS / 1000),
    events: cluster.events.slice(told),
  };
}

describe("a steady cluster", () => {
  let costs: readonly ReturnType<typeof idle>[];
  beforeAll(() => {
    costs = [13, 26, 52].map((count) => idle(count));
  }, 30_000);

  test("starts no sync, sends no gossip and tells no event", () => {
    for (const { syncs, gossip, events } of costs) {
      expect({ syncs, gossip, events }).toEqual({ syncs: 0, gossip: 0, events: [] });
    }
  });

  test("costs each node four messages a second, whatever its size from 13 on: two pings and two acks", () => {
    for (const { messagesPerSecond, pingsPerSecond } of costs) {
      expect(messagesPerSecond).toBeGreaterThan(3.5);
      expect(messagesPerSecond).toBeLessThan(4.5);
      expect(messagesPerSecond).toBeCloseTo(2 * pingsPerSecond, 1);
    }
  });

  test("of twelve and fewer costs a third less", () => {
    for (const { messagesPerSecond } of [idle(5), idle(10)]) {
      expect(messagesPerSecond).toBeGreaterThan(2.4);
      expect(messagesPerSecond).toBeLessThan(2.9);
    }
  });

  test("without wires costs each node one ping and one ack a second for each of its subjects", () => {
    const [five, many] = [5, 26].map((count) => idle(count, { wires: false }).messagesPerSecond);
    expect(five).toBeCloseTo(8, 0);
    // Eight rings less the duplicates among their successors.
    expect(many).toBeGreaterThan(10);
    expect(many).toBeLessThan(17);
  });
});
