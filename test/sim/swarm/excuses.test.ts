import { describe, expect, test, vi } from "vitest";
import type { Disturbance } from "../../../src/sim/checkers/world.ts";
import { NETWORKS } from "../../../src/sim/network-model.ts";
import { SimCluster } from "../../../src/sim/sim-cluster.ts";
import type { Fault } from "../../../src/sim/swarm/fault.ts";
import { FaultPlayer } from "../../../src/sim/swarm/fault-player.ts";

const FIVE = ["a", "b", "c", "d", "e"];

/** Plays faults to a cluster whose processes are started again with these seeds. */
function played(faults: Fault | readonly Fault[], names = FIVE, seeds: string[] = []) {
  const disturbances: Disturbance[] = [];
  const cluster = new SimCluster({ rngSeed: 1 });
  cluster.startConverged(names);
  const starts = vi.spyOn(cluster, "start");
  const planned = [faults].flat().map((fault) => ({ atMs: 0, fault }));
  const player = new FaultPlayer(planned, {
    cluster,
    world: {
      disturb: (disturbance) => {
        disturbances.push(disturbance);
        return () => {};
      },
      stall: () => {},
      heal: () => {},
      changed: () => {},
      get count() {
        return cluster.running.length;
      },
    },
    network: NETWORKS.lan,
    startOptions: () => ({ seeds }),
  });
  player.play();
  return { cluster, disturbances, seedsOf: starts.mock.lastCall?.[1]?.seeds };
}

/** Every `judge>subject` that faults excuse, of five nodes unless given others. */
function excused(faults: Fault | readonly Fault[], names = FIVE, ended: string[] = []): string[] {
  const { cluster, disturbances } = played(faults, names);
  for (const name of ended) cluster.kill(name);
  return names.flatMap((judge) =>
    names
      .filter((subject) => subject !== judge)
      .filter((subject) => disturbances.some(({ concerns }) => concerns(judge, subject)))
      .map((subject) => `${judge}>${subject}`),
  );
}

const forMs = 1_000;
const about = (subject: string) =>
  FIVE.filter((each) => each !== subject).map((j) => `${j}>${subject}`);
const by = (judge: string) => FIVE.filter((each) => each !== judge).map((s) => `${judge}>${s}`);
const sorted = (...pairs: string[][]) => [...new Set(pairs.flat())].sort();

describe("a fault excuses the pairs that it keeps apart, and no other", () => {
  test("a partition: pairs of different sides", () => {
    const pairs = excused({ kind: "partition", groups: [["a", "b"]], forMs });
    const across = ["c", "d", "e"].flatMap((other) =>
      ["a", "b"].flatMap((each) => [`${each}>${other}`, `${other}>${each}`]),
    );
    expect(sorted(pairs)).toEqual(sorted(across));
  });

  test.each([
    ["deaf", { kind: "deaf", nodes: ["c"], forMs }],
    ["one way cut", { kind: "cut", from: "c", to: "d", forMs }],
    ["one way clogged", { kind: "clog", from: "c", to: "d", forMs }],
    ["a filter for TCP", { kind: "drop-tcp", nodes: ["c"], direction: "both", forMs }],
    ["wires that are reset", { kind: "reset-wires", everyMs: 100, forMs }],
    ["a proxy that answers for it", { kind: "syn-proxy", nodes: ["c"], forMs }],
    ["a small path", { kind: "small-mtu", nodes: ["c"], bytes: 1_232, forMs }],
    ["another clock", { kind: "jump-wall-clock", node: "c", byMs: 1 }],
    ["new tags", { kind: "advertise", node: "c", value: "1" }],
  ] as const)("%s: nobody", (_, fault) => {
    expect(excused(fault)).toEqual([]);
  });

  test.each([
    ["mute", { kind: "mute", nodes: ["c"], forMs }],
    ["paused with its machine", { kind: "pause-machine", nodes: ["c"], forMs }],
    ["frozen", { kind: "freeze", nodes: ["c"], forMs }],
    ["refused as it speaks", { kind: "reject", node: "c", direction: "out", forMs }],
    ["refused as it is spoken to", { kind: "reject", node: "c", direction: "in", forMs }],
  ] as const)("%s: whoever judges it", (_, fault) => {
    expect(sorted(excused(fault))).toEqual(sorted(about("c")));
  });

  test.each([
    ["refused both ways", { kind: "reject", node: "c", direction: "both", forMs }],
    ["refused and deaf", { kind: "reject", node: "c", direction: "out-and-deaf", forMs }],
    ["on bad links", { kind: "bad-link", nodes: ["c"], direction: "in", loss: 0.9, forMs }],
    ["late at once", { kind: "slow-path", nodes: ["c"], byMs: 900, forMs }],
  ] as const)("%s: it, and whoever judges it", (_, fault) => {
    expect(sorted(excused(fault))).toEqual(sorted(about("c"), by("c")));
  });

  test("one way cut among three: its two ends", () => {
    const fault = { kind: "cut", from: "a", to: "b", forMs } as const;
    expect(excused(fault, ["a", "b", "c"])).toEqual(["a>b", "b>a"]);
  });

  const cut = { kind: "cut", from: "a", to: "b", forMs } as const;
  const parted = (group: string[]) => ({ kind: "partition", groups: [group], forMs }) as const;

  test.each([
    ["after", [parted(["a", "b"]), cut]],
    ["before", [cut, parted(["a", "b"])]],
  ] as const)("one way cut, %s a partition leaves few to vouch: its two ends, too", (_, faults) => {
    const across = excused(parted(["a", "b"]));
    expect(sorted(excused(faults))).toEqual(sorted(across, ["a>b", "b>a"]));
  });

  test("one way cut, and others end while it lasts: its two ends, too, once three are left", () => {
    expect(excused(cut, FIVE, ["c"])).toEqual([]);
    expect(excused(cut, FIVE, ["c", "d"])).toEqual(["a>b", "b>a"]);
    const four = parted(["a", "b", "c", "d"]);
    const across = excused(four);
    expect(sorted(excused([four, cut], FIVE, ["d"]))).toEqual(sorted(across, ["a>b", "b>a"]));
  });

  test("one way cut where four are left on its side, or across a partition: nobody more", () => {
    const four = parted(["a", "b", "c", "d"]);
    expect(excused([four, cut])).toEqual(excused(four));
    expect(excused([cut, four])).toEqual(excused(four));
    const between = parted(["a", "c"]);
    expect(excused([cut, between])).toEqual(excused(between));
  });
});

describe("a process that starts again is given its seeds, or one that runs where only that can help", () => {
  const restart = (disk: "kept" | "lost") => ({ kind: "restart", node: "b", disk }) as const;
  const killA = { kind: "kill", node: "a" } as const;
  const leaveB = { kind: "leave", node: "b" } as const;

  test.each([
    ["it left, lost its disk, and no seed of its runs", [killA, leaveB, restart("lost")], ["c"]],
    ["a seed runs", [leaveB, restart("lost")], ["a"]],
    ["it has its disk", [killA, leaveB, restart("kept")], ["a"]],
    ["it was killed", [killA, { kind: "kill", node: "b" }, restart("lost")], ["a"]],
    ["it left, and ran again", [killA, leaveB, restart("kept"), restart("lost")], ["a"]],
  ] as const)("%s", (_, faults, seeds) => {
    expect(played(faults, FIVE, ["a"]).seedsOf).toEqual(seeds);
  });
});
