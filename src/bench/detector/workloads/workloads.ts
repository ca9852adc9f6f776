import type { Plan } from "./plan.ts";
import { PUBLISHED_WORKLOADS } from "./published-workloads.ts";
import type { Workload } from "./workload.ts";

const ALL_SIZES = [8, 32, 128, 512];
const SMALL_SIZES = [8, 32, 128];
/** The grace of a silence counts where kernels tell nothing of it. */
const BY_DATAGRAMS = ["hearsay-udp"] as const;
/** What a silent host costs, and which pause of a machine is spared, is one number. */
const PATIENCE = {
  title: "an unreachableGraceMs of 2.4s",
  only: { candidates: ["hearsay"], config: { unreachableGraceMs: 2400 } },
} as const;

/** As long as a keepalive's interval, so that each connection has its share of them. */
export const IDLE: Plan = { kind: "calm", loss: 0, forMs: 60_000 };

/**
 * Crashes that one trial can have without growing small, and trials that make enough of them: a
 * hundred for a p99 where they are cheap.
 */
const CRASHES = {
  victims: (size: number) => (size < 32 ? 1 : size < 128 ? 3 : size < 512 ? 8 : 4),
  trials: (size: number, loss: number) => {
    if (size < 32) return loss === 0 ? 100 : 40;
    if (size < 128) return 12;
    if (size < 512) return loss === 0 ? 4 : 1;
    return 1;
  },
};

/** Every workload by itself, in the order of the report. */
export const WORKLOADS: readonly Workload[] = [
  crash("process", 0, [2, 3, 5, ...ALL_SIZES]),
  ...[0.1, 0.2, 0.3].map((loss) => crash("process", loss, SMALL_SIZES)),
  crash("host", 0, ALL_SIZES),
  ...[0.1, 0.2, 0.3].map((loss) => crash("host", loss, SMALL_SIZES)),
  hostCrashWithGrace(1000),
  hostCrashWithGrace(3000),
  hostCrashWithPatience(),
  massCrash("process"),
  massCrash("host"),
  {
    name: "idle",
    group: "calm",
    title: "Nothing happens, and nothing is lost, for 60 s",
    sizes: ALL_SIZES,
    plan: () => IDLE,
    trials: () => 1,
  },
  ...[0, 0.1, 0.2, 0.3].map(lossWithoutCrash),
  ...[500, 1000].map((forMs) => ({ ...freeze(forMs), sizes: [8] })),
  freeze(2000),
  ...[3000, 4000].map((forMs) => ({ ...freeze(forMs), sizes: [8] })),
  ...[5000, 20_000].map((forMs) => freeze(forMs)),
  freeze(2000, 1000),
  freeze(4000, 3000),
  ...[1300, 2500].map(pause),
  pauseWithPatience(2500),
  oneWay("ingress", "one-way-deaf", "One member hears no other and is heard by all, for 30 s"),
  oneWay("egress", "one-way-mute", "One member hears all and is heard by none, for 30 s"),
  ...partitions(),
  {
    name: "rolling-restart",
    group: "newcomers",
    title: "Each member in turn is killed and started again 1 s later",
    sizes: [8, 32],
    plan: () => ({ kind: "rolling-restart", downMs: 1000 }),
    trials: (size) => (size < 32 ? 4 : 2),
  },
  {
    name: "join-burst",
    group: "newcomers",
    title: "All members but one start in one moment and join through that one",
    sizes: [8, 32, 128, 512],
    plan: () => ({ kind: "join-burst" }),
    trials: (size) => (size < 128 ? 10 : size < 512 ? 2 : 1),
  },
  ...PUBLISHED_WORKLOADS,
];

function crash(of: "process" | "host", loss: number, sizes: readonly number[]): Workload {
  const what = of === "process" ? "A process dies and its host lives" : "A whole host falls silent";
  return {
    name: `${of}-crash${loss === 0 ? "" : `-loss-${percent(loss)}`}`,
    group: "crashes",
    title: loss === 0 ? what : `${what}, while ${percent(loss)} % of all packets are lost`,
    sizes,
    plan: (size) => ({ kind: "crash", of, loss, victims: CRASHES.victims(size) }),
    trials: (size) => CRASHES.trials(size, loss),
  };
}

function hostCrashWithGrace(graceMs: number): Workload {
  return {
    ...crash("host", 0, [8, 128]),
    name: `host-crash-grace-${seconds(graceMs)}`,
    title: `A whole host falls silent; hearsay-udp with a grace of ${seconds(graceMs)}`,
    candidates: BY_DATAGRAMS,
    config: { graceMs },
  };
}

function hostCrashWithPatience(): Workload {
  return {
    ...crash("host", 0, [8, 128]),
    name: "host-crash-patient",
    title: `A whole host falls silent; hearsay with ${PATIENCE.title}`,
    ...PATIENCE.only,
  };
}

function massCrash(of: "process" | "host"): Workload {
  return {
    name: `mass-crash-${of}`,
    group: "crashes",
    title: `Half of all ${of === "process" ? "processes" : "hosts"} die in one moment`,
    sizes: [8, 32, 128, 512],
    plan: () => ({ kind: "mass-crash", of, share: 0.5 }),
    trials: (size) => (size < 128 ? 10 : size < 512 ? 4 : 1),
  };
}

function lossWithoutCrash(loss: number): Workload {
  return {
    name: `calm-loss-${percent(loss)}`,
    group: "calm",
    title: `No member dies for 120 s, while ${percent(loss)} % of all packets are lost`,
    sizes: SMALL_SIZES,
    plan: () => ({ kind: "calm", loss, forMs: 120_000 }),
    trials: (size) => (size < 32 ? 5 : size < 128 ? 2 : 1),
  };
}

function freeze(forMs: number, graceMs?: number): Workload {
  const grace = graceMs === undefined ? "" : `-grace-${seconds(graceMs)}`;
  return {
    name: `freeze-${seconds(forMs)}${grace}`,
    group: "standstills",
    title:
      `One process is frozen for ${seconds(forMs)}, and its kernel runs` +
      (graceMs === undefined ? "" : `; hearsay-udp with a grace of ${seconds(graceMs)}`),
    sizes: graceMs === undefined ? SMALL_SIZES : [8],
    plan: () => ({ kind: "freeze", forMs }),
    trials: (size) => (size < 32 ? 20 : size < 128 ? 10 : 2),
    ...(graceMs === undefined ? {} : { candidates: BY_DATAGRAMS, config: { graceMs } }),
  };
}

function pause(forMs: number): Workload {
  return {
    ...freeze(forMs),
    name: `pause-${seconds(forMs)}`,
    title: `One machine is paused for ${seconds(forMs)}, its kernel too`,
    plan: () => ({ kind: "pause", forMs }),
  };
}

function pauseWithPatience(forMs: number): Workload {
  const { name, title, ...base } = pause(forMs);
  return {
    ...base,
    name: `${name}-patient`,
    title: `${title}; hearsay with ${PATIENCE.title}`,
    sizes: [8],
    ...PATIENCE.only,
  };
}

function oneWay(fault: "ingress" | "egress", name: string, title: string): Workload {
  return {
    ...{ name, title },
    group: "anomalies",
    sizes: SMALL_SIZES,
    plan: () => ({
      kind: "anomalies",
      anomaly: { fault, share: 1, onMs: 30_000, offMs: 0, isTogether: true },
      members: 1,
      forMs: 30_000,
    }),
    trials: (size) => (size < 128 ? 10 : 2),
  };
}

function partitions(): Workload[] {
  const base: Workload = {
    name: "partition",
    group: "partitions",
    title: "Two members are cut off for 60 s",
    sizes: SMALL_SIZES,
    plan: () => ({ kind: "partition", minority: 2, forMs: 60_000 }),
    trials: (size) => (size < 128 ? 10 : 2),
  };
  return [
    base,
    {
      ...base,
      name: "partition-grace-1s",
      title: "Two members are cut off for 60 s; hearsay-udp with a grace of 1s",
      sizes: [8],
      candidates: BY_DATAGRAMS,
      config: { graceMs: 1000 },
    },
    {
      ...base,
      name: "partition-local",
      title: "Two members are cut off for 60 s; hearsay's profile local",
      sizes: [8],
      candidates: ["hearsay", "hearsay-udp"],
      profile: "local",
    },
  ];
}

function percent(share: number): number {
  return Math.round(100 * share);
}

function seconds(ms: number): string {
  return `${ms / 1000}s`;
}
