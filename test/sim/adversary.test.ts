import { expect, test, vi } from "vitest";
import type { NodeEvent } from "../../src/core/effect.ts";
import type { Endpoint } from "../../src/core/member.ts";
import type { Message } from "../../src/core/message.ts";
import { type Rng, seededRng } from "../../src/core/primitives/rng.ts";
import { SimCluster } from "../../src/sim/sim-cluster.ts";
import type { VirtualClock } from "../../src/sim/virtual-clock.ts";
import { VirtualPort } from "../../src/sim/virtual-port.ts";
import { createCodec } from "../../src/wire/codec.ts";
import { sealOf } from "../keys/sealed.ts";

const CLUSTER_LABEL = "simulated";
const NAMES = ["a", "b", "c", "d", "e", "f"];
const PLAIN = createCodec({ clusterLabel: CLUSTER_LABEL });

interface Recorded {
  readonly from: VirtualPort;
  readonly to: Endpoint;
  readonly datagram: Uint8Array;
}

/** Six members with a key, and one who sees all that they send and has none. */
function watchedCluster(rngSeed: number, recordedMax = 20_000) {
  const cluster = new SimCluster({
    rngSeed,
    newCodec: () => createCodec({ clusterLabel: CLUSTER_LABEL, seal: sealOf([1]) }),
  });
  const nowhere = { host: "10.66.6.6", port: 666 };
  const recorded: Recorded[] = [];
  const toStranger: Uint8Array[] = [];
  const { network } = cluster;
  const transmit = network.transmit.bind(network);
  vi.spyOn(network, "transmit").mockImplementation((from, to, datagram) => {
    recorded.push({ from, to: to.endpoint, datagram });
    if (to.endpoint.host === nowhere.host) toStranger.push(datagram);
    if (recorded.length > recordedMax) recorded.shift();
    transmit(from, to, datagram);
  });
  const stranger = new VirtualPort(network, nowhere, {} as VirtualClock);
  cluster.startConverged(NAMES);
  cluster.run(10_000);
  expect(cluster.isConverged()).toBe(true);
  return {
    cluster,
    recorded,
    stranger,
    toStranger,
    /** Brings a datagram to a member as if it came from there. */
    bring: (from: VirtualPort, to: Endpoint, datagram: Uint8Array) =>
      transmit(from, { endpoint: to }, datagram),
  };
}

/** What happened to anybody's view from then on. */
function changesSince(
  cluster: SimCluster,
  atMs: number,
  isHarmless: (event: NodeEvent) => boolean = () => false,
): string[] {
  return cluster.events
    .filter((each) => each.atMs > atMs && !isHarmless(each.event))
    .map(({ node, event }) => `${node}: ${JSON.stringify(event)}`);
}

/**
 * What was sent to a member that was down never arrived: when it comes late it is no replay. Its digest may make views be
 * compared, and nothing is found.
 */
function isVainSync(event: NodeEvent): boolean {
  return event.kind === "sync-finished" && event.received === 0 && event.pushed === 0;
}

function draw<T>(rng: Rng, values: readonly T[]): T {
  return values[Math.floor(rng.next() * values.length)] as T;
}

/** In the clear, in the name of a member, the worst that a member could say of another. */
function forged(rng: Rng, recorded: Recorded): Message {
  const [sender, subject] = [draw(rng, NAMES), draw(rng, NAMES)];
  const startId = Buffer.from(recorded.datagram.subarray(2, 14)).toString("hex");
  const incarnation = 0xffff_ffff;
  const verdict = { kind: "verdict", state: "left", cause: "leave" } as const;
  const update = { ...verdict, subject, startId, incarnation, by: sender };
  const header = { sender, startId, incarnation: 1, counter: 1 << 30, stalledMs: 0 };
  return { header, body: { kind: "gossip" }, updates: [update] };
}

test("an outsider who sees, repeats, changes and forges datagrams changes no view in 100,000 tries", () => {
  const { cluster, recorded, stranger, toStranger, bring } = watchedCluster(1);
  const rng = seededRng([1, 2, 3, 4]);
  const beganMs = cluster.nowMs;
  const incarnations = () =>
    NAMES.map((name) => cluster.snapshot(name).members.map(({ record }) => record.incarnation));
  const before = incarnations();
  for (let tries = 0; tries < 100_000; tries++) {
    const one = draw(rng, recorded);
    const elsewhere = draw(rng, recorded).to;
    const from = draw(rng, [one.from, stranger, draw(rng, recorded).from]);
    const changed = Uint8Array.from(one.datagram);
    const at = Math.floor(rng.next() * changed.length);
    const byte = changed[at] ?? 0;
    changed[at] = byte ^ (1 << Math.floor(rng.next() * 8));
    const what = draw(rng, [
      "again",
      "elsewhere",
      "back",
      "changed",
      "cut",
      "in the clear",
      "mode",
    ]);
    if (what === "again") bring(from, one.to, one.datagram);
    if (what === "elsewhere") bring(from, elsewhere, one.datagram);
    if (what === "back") bring(from, one.from.endpoint, one.datagram);
    if (what === "changed") bring(from, one.to, changed);
    if (what === "cut") bring(from, one.to, one.datagram.subarray(0, at));
    if (what === "in the clear") bring(from, one.to, PLAIN.encode(forged(rng, one)));
    if (what === "mode") bring(from, one.to, Uint8Array.from(one.datagram).with(1, 0));
    if (tries % 25 === 0) cluster.run(5);
  }
  cluster.run(2000);
  expect(changesSince(cluster, beganMs)).toEqual([]);
  expect(incarnations()).toEqual(before);
  expect(toStranger).toEqual([]);
  expect(cluster.isConverged()).toBe(true);
});

test("members that restart amid all that anybody said before come back as themselves", () => {
  const { cluster, recorded, stranger, bring } = watchedCluster(3, 4000);
  const rng = seededRng([5, 6, 7, 8]);
  const repeat = () => {
    for (let at = 0; at < 500; at++) {
      for (let tries = 0; tries < 20; tries++) {
        const one = draw(rng, recorded);
        const to = draw(rng, [one.to, draw(rng, recorded).to]);
        bring(draw(rng, [one.from, stranger]), to, one.datagram);
      }
      cluster.run(20);
    }
  };
  for (const name of ["b", "d"]) {
    cluster.kill(name);
    const crash = cluster.runUntil(() => cluster.allSee(name, "dead"), 10_000);
    expect(crash).toBeDefined();
    cluster.run(3000);
    const diedMs = cluster.nowMs;
    repeat();
    expect(changesSince(cluster, diedMs, isVainSync)).toEqual([]);
    cluster.restart(name);
    expect(cluster.runUntil(() => cluster.isConverged(), 10_000)).toBeDefined();
    cluster.run(2000);
    const backMs = cluster.nowMs;
    repeat();
    expect(changesSince(cluster, backMs, isVainSync)).toEqual([]);
  }
});

/** How long after b's host lost its power all hold it dead, while its last datagrams come again to `whom` gives. */
function deathMs(
  whom: (one: Recorded, everybody: readonly Endpoint[]) => readonly Endpoint[],
): number {
  const { cluster, recorded, bring } = watchedCluster(2);
  const ofB = cluster.endpointOf("b").host;
  const others = NAMES.filter((name) => name !== "b").map((name) => cluster.endpointOf(name));
  cluster.crashHost("b");
  const crashedMs = cluster.nowMs;
  for (const one of recorded.filter(({ from }) => from.endpoint.host === ofB).slice(-60)) {
    for (const to of whom(one, others)) bring(one.from, to, one.datagram);
    cluster.run(200);
    if (cluster.allSee("b", "dead")) break;
  }
  cluster.runUntil(() => cluster.allSee("b", "dead"), 60_000);
  const death = cluster.events.findLast(({ event }) => event.kind === "member-changed");
  return (death?.atMs ?? Number.NaN) - crashedMs;
}

test("datagrams of a dead member keep it alive no longer, neither again nor to those who did not get them", () => {
  const quietMs = deathMs(() => []);
  expect(quietMs).toBeGreaterThan(1000);
  expect(deathMs((one) => [one.to])).toBeLessThan(1.2 * quietMs);
  expect(deathMs((_, everybody) => everybody)).toBeLessThan(1.2 * quietMs);
});
