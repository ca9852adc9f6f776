import { describe, expect, test } from "vitest";
import { plainNetwork } from "../../src/sim/network-model.ts";
import { SimCluster } from "../../src/sim/sim-cluster.ts";

const NAMES = Array.from({ length: 20 }, (_, index) => `n${index}`);
const T = 1000;

function running(rngSeed: number, loss = 0): SimCluster {
  const cluster = new SimCluster({ rngSeed });
  cluster.startConverged(NAMES);
  cluster.loss(loss);
  cluster.run(5 * T);
  return cluster;
}

function tell(cluster: SimCluster, from: string, payload: string): void {
  cluster.submit(from, { kind: "send-user-event", name: "deploy", payload });
}

/** How often each node was told of each event. */
function tellings(cluster: SimCluster): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { node, event } of cluster.events) {
    if (event.kind !== "user-event") continue;
    const key = `${node} ${event.payload}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function everybodyOnce(payloads: readonly string[], nodes: readonly string[] = NAMES) {
  return new Map(nodes.flatMap((node) => payloads.map((payload) => [`${node} ${payload}`, 1])));
}

describe("every live node is told of a user event once", () => {
  test.each([0, 0.3])("at a loss of %f", (loss) => {
    const cluster = running(11, loss);
    const payloads = Array.from({ length: 20 }, (_, index) => `p${index}`);
    for (const [index, payload] of payloads.entries()) {
      tell(cluster, NAMES[index] ?? "", payload);
      cluster.run(T / 4);
    }
    cluster.run(20 * T);
    expect(tellings(cluster)).toEqual(everybodyOnce(payloads));
  });

  test("within a second in a healthy cluster of twenty", () => {
    const cluster = running(12);
    tell(cluster, "n3", "now");
    cluster.run(T);
    expect(tellings(cluster).size).toBe(NAMES.length);
  });

  test("a hundred at once, from one node", () => {
    const cluster = running(13, 0.1);
    const payloads = Array.from({ length: 100 }, (_, index) => `p${index}`);
    for (const payload of payloads) tell(cluster, "n0", payload);
    cluster.run(20 * T);
    expect(tellings(cluster)).toEqual(everybodyOnce(payloads));
  });

  test("as many as a daemon takes, for five seconds", () => {
    const cluster = new SimCluster({ rngSeed: 21 });
    const five = NAMES.slice(0, 5);
    cluster.startConverged(five);
    cluster.loss(0.1);
    cluster.run(5 * T);
    const payloads: string[] = [];
    for (const endMs = cluster.nowMs + 5 * T; cluster.nowMs < endMs; cluster.run(50)) {
      while (cluster.snapshot("n0").queues.noticesOwed < 48) {
        payloads.push(`p${payloads.length}`);
        tell(cluster, "n0", payloads.at(-1) ?? "");
      }
    }
    cluster.run(20 * T);
    expect(payloads.length).toBeGreaterThan(300);
    expect(tellings(cluster)).toEqual(everybodyOnce(payloads, five));
  });

  test("also one that was frozen meanwhile", () => {
    const cluster = running(14);
    cluster.freeze("n7");
    tell(cluster, "n3", "now");
    cluster.run(10 * T);
    cluster.thaw("n7");
    cluster.run(3 * T);
    expect(tellings(cluster)).toEqual(everybodyOnce(["now"]));
  });
});

describe("a side that is cut off", () => {
  const sides = [NAMES.slice(0, 8), NAMES.slice(8)];

  /** What was said on one side `beforeHealMs` before the network was whole again. */
  function saidInPartition(beforeHealMs: number): SimCluster {
    const cluster = running(20);
    cluster.partition(sides);
    tell(cluster, "n0", "here");
    cluster.run(beforeHealMs);
    cluster.heal();
    cluster.run(10 * T);
    return cluster;
  }

  test("is told of what was said up to 20 periods ago once it is back", () => {
    expect(tellings(saidInPartition(8 * T))).toEqual(everybodyOnce(["here"]));
  });

  test("is not told of older news", () => {
    expect(tellings(saidInPartition(25 * T))).toEqual(everybodyOnce(["here"], sides[0]));
  });
});

describe("events are news, not history", () => {
  test("a newcomer is not told what happened before it", () => {
    const cluster = running(15);
    tell(cluster, "n3", "before");
    cluster.run(T / 2);
    cluster.start("late", { seeds: ["n0"] });
    cluster.run(5 * T);
    tell(cluster, "n4", "after");
    cluster.run(3 * T);
    const heard = [...tellings(cluster).keys()].filter((key) => key.startsWith("late "));
    expect(heard).toEqual(["late after"]);
  });

  test("a node that restarts is not told again, and tells nobody again", () => {
    const cluster = running(16);
    tell(cluster, "n3", "by n3");
    cluster.run(T / 2);
    for (const name of ["n3", "n4"]) cluster.restart(name);
    cluster.run(20 * T);
    expect(tellings(cluster)).toEqual(everybodyOnce(["by n3"]));
    tell(cluster, "n3", "again");
    cluster.run(3 * T);
    expect(tellings(cluster)).toEqual(everybodyOnce(["by n3", "again"]));
  });

  test("a late duplicate of a datagram brings nothing", () => {
    const network = {
      ...plainNetwork({ latencyMs: 0.2, jitterMs: 0.3 }),
      duplicate: 0.5,
      replay: 0.5,
      reorder: { probability: 0.5, upToMs: 3 * T },
    };
    const cluster = new SimCluster({ rngSeed: 17, network });
    cluster.startConverged(NAMES.slice(0, 5));
    cluster.run(5 * T);
    tell(cluster, "n3", "now");
    cluster.run(20 * T);
    expect(tellings(cluster)).toEqual(everybodyOnce(["now"], NAMES.slice(0, 5)));
  });
});

test("user events change no view and delay no detection", () => {
  const cluster = running(18);
  const digest = cluster.snapshot("n0").viewDigest;
  for (let index = 0; index < 100; index++) tell(cluster, "n0", "x".repeat(500));
  cluster.run(3 * T);
  expect(cluster.snapshot("n9").viewDigest).toBe(digest);
  cluster.kill("n5");
  const knownMs = cluster.runUntil(() => cluster.allSee("n5", "dead"), 20 * T);
  expect(knownMs).toBeLessThan(1.5 * T);
});

test("a query is answered by everybody at a loss of 0.3, and then over before its deadline", () => {
  const cluster = running(19, 0.3);
  const ask = {
    kind: "send-query",
    ticket: 1,
    name: "load",
    payload: "",
    timeoutMs: 10 * T,
  } as const;
  cluster.submit("n2", ask);
  const from = cluster.nowMs;
  const done = new Set<string>();
  const isOver = () => {
    for (const { node, event } of cluster.events) {
      if (event.kind !== "query" || done.has(node)) continue;
      done.add(node);
      cluster.submit(node, { kind: "answer", query: event, answer: node });
    }
    return cluster.events.some(({ event }) => event.kind === "query-ended");
  };
  expect(cluster.runUntil(isOver, 20 * T)).toBeLessThan(10 * T);
  const answers = cluster.events.flatMap(({ atMs, event }) =>
    atMs >= from && event.kind === "query-answered" ? [[event.member, event.answer]] : [],
  );
  expect(answers.sort()).toEqual(NAMES.map((name) => [name, name]).sort());
  expect(cluster.events.find(({ event }) => event.kind === "query-ended")).toMatchObject({
    event: { silent: [] },
  });
});
