import { describe, expect, test } from "vitest";
import { WireError } from "../../src/core/errors.ts";
import type { AccusationReason, MemberRecord, VerdictCause } from "../../src/core/member.ts";
import type { Message } from "../../src/core/message.ts";
import { seededRng } from "../../src/core/primitives/rng.ts";
import { SimCluster } from "../../src/sim/sim-cluster.ts";
import { type Codec, createCodec } from "../../src/wire/codec.ts";
import { type Newer, newerOf } from "../wire/newer.ts";

// The datagrams of a version are this one's, changed on their way out and in as test/wire/vectors shows them.

const NAMES = ["a", "b", "c", "d", "e", "f"];

interface Version {
  readonly codec: () => Codec;
  /** The versions before 30 November 2026 had neither wires nor spies. */
  readonly config: { readonly wires?: false; readonly spies?: false };
}

const today = () => createCodec({ clusterLabel: "simulated" });

const TODAY: Version = { codec: today, config: {} };

/** What it has no number for, and what it calls that. */
const SAID_OF_OLD: Partial<Record<AccusationReason | VerdictCause, string>> = {
  crashed: "refused",
  frozen: "silence",
  unreachable: "silence",
};

const CAUSED_OF_OLD: Partial<Record<VerdictCause, VerdictCause>> = {
  crash: "refusal",
  unreachable: "quorum",
  frozen: "quorum",
};

function oldRecord({ version: _, ...record }: MemberRecord): MemberRecord {
  return { ...record, takesWires: false };
}

/** As that version says it, or reads it: without what was added since. */
function inOldWords(message: Message): Message {
  const { body, updates } = message;
  const { turnMs: _, ...ack } = body.kind === "ack" ? body : { turnMs: 0 };
  return {
    ...message,
    body: body.kind === "ack" ? (ack as Message["body"]) : body,
    updates: updates.flatMap((update) => {
      if (update.kind === "deaths") return [];
      if (update.kind === "belief") return { ...update, record: oldRecord(update.record) };
      if (update.kind === "verdict") {
        return { ...update, cause: CAUSED_OF_OLD[update.cause] ?? update.cause };
      }
      const evidence = (SAID_OF_OLD[update.evidence] ?? update.evidence) as AccusationReason;
      return { ...update, revision: 0, evidence };
    }),
  };
}

/** It drops a datagram that holds a number that it does not know. */
function isRefusedByOld({ updates }: Message): boolean {
  return updates.some(
    (update) =>
      (update.kind === "accusation" && update.evidence in SAID_OF_OLD) ||
      (update.kind === "verdict" && update.cause in CAUSED_OF_OLD),
  );
}

let refusedByOld = 0;

const OF_26_NOVEMBER: Version = {
  codec: () => {
    const codec = today();
    return {
      ...codec,
      encode: (message) => codec.encode(inOldWords(message)),
      decode: (datagram) => {
        const message = codec.decode(datagram);
        if (!isRefusedByOld(message)) return inOldWords(message);
        refusedByOld++;
        throw new WireError("field");
      },
    };
  },
  config: { wires: false, spies: false },
};

const rng = seededRng([15, 0, 0, 0]);

/** More in each array, and now and then a number that nobody knew before. */
const FUTURE: Newer = {
  extend: (array, length) => {
    while (array.length < length) array.push(null);
    array.push("later");
  },
  renumber: (array, at) => {
    if (rng.next() > 0.05) return false;
    array[at] = 200;
    return true;
  },
};

const OF_TOMORROW: Version = {
  codec: () => {
    const codec = today();
    const encode = (message: Message) => {
      const sent = codec.encode(message);
      const { datagram } = newerOf(message, sent, FUTURE);
      return datagram.length > 1400 ? sent : datagram;
    };
    return { ...codec, encode };
  },
  config: {},
};

function deaths(cluster: SimCluster): string[] {
  return cluster.events.flatMap(({ atMs, node, event }) =>
    event.kind === "member-changed" && event.to === "dead"
      ? `${node} at ${atMs} of ${event.member}: ${event.reason}`
      : [],
  );
}

describe.each([
  ["26 November to today", OF_26_NOVEMBER, TODAY],
  ["today to tomorrow", TODAY, OF_TOMORROW],
])("a cluster is upgraded from %s, one member at a time", (_, before, after) => {
  function upgraded(rngSeed: number, restart: (cluster: SimCluster, name: string) => void) {
    let version = before;
    const cluster = new SimCluster({ rngSeed, newCodec: () => version.codec() });
    cluster.startAll(NAMES, { config: before.config });
    cluster.run(10_000);
    version = after;
    return {
      cluster,
      upgrade: (name: string) => {
        restart(cluster, name);
        cluster.restart(name, { config: after.config, seeds: NAMES });
        cluster.run(5000);
        expect(cluster.isConverged()).toBe(true);
      },
    };
  }

  test.each([1, 2])("and nobody is called dead (seed %i)", (seed) => {
    const { cluster, upgrade } = upgraded(seed, (all, name) => {
      // Half of them say goodbye, as a service that is stopped; the others are just gone.
      if (name > "c") return;
      all.leave(name);
      all.run(1000);
    });
    cluster.loss(0.02);
    for (const name of NAMES) upgrade(name);
    expect(deaths(cluster)).toEqual([]);
  });

  test("and when it is half done, freezes, cuts and losses kill nobody, and a crash is known to all", () => {
    const { cluster, upgrade } = upgraded(3, () => undefined);
    for (const name of ["a", "b", "c"]) upgrade(name);
    for (const frozen of ["b", "e"]) {
      cluster.freeze(frozen);
      cluster.run(2000);
      cluster.thaw(frozen);
      cluster.run(5000);
    }
    cluster.cut("a", "d");
    cluster.cut("f", "b");
    cluster.loss(0.1);
    cluster.run(20_000);
    cluster.heal();
    cluster.loss(0);
    cluster.run(5000);
    expect(deaths(cluster)).toEqual([]);
    expect(cluster.isConverged()).toBe(true);

    for (const crashed of ["c", "d"]) {
      cluster.kill(crashed);
      expect(cluster.runUntil(() => cluster.allSee(crashed, "dead"), 10_000)).toBeDefined();
    }
  });
});

test("the older version met what it does not know", () => {
  expect(refusedByOld).toBeGreaterThan(0);
});
