import type {
  BeliefChange,
  ExpectationRecord,
  NodeRecord,
  RunRecord,
  Spread,
} from "../../../src/scenario/run-record.ts";

const NONE: Spread = { count: 0, avg: null, p50: null, p95: null, max: null };

/** A run of ten seconds of three nodes in which nothing happens but what the test says. */
export function runRecord(given: Partial<RunRecord> = {}): RunRecord {
  const record: RunRecord = {
    v: 1,
    scenario: { name: "a test", about: null, file: "test.yaml" },
    world: "sim",
    startedAt: null,
    rngSeed: 7,
    profile: "lan",
    outcome: "passed",
    failure: null,
    durationMs: 10_000,
    nodes: ["a", "b", "c"].map((name) => running(name)),
    beliefs: [],
    faults: [],
    consumers: [],
    marks: [],
    steps: [],
    expectations: [],
    thresholds: [],
    figures: {
      ...{ detect: NONE, back: NONE, heal: NONE, bytesPerNodeS: NONE, datagramsPerNodeS: NONE },
      falseDeaths: 0,
      suspicions: 0,
    },
    samples: [],
    replay: "hearsay run test.yaml --sim --rng-seed 7",
    ...given,
  };
  return { ...record, beliefs: [...acquaintance(record.nodes), ...record.beliefs] };
}

export function running(
  name: string,
  untilMs = 10_000,
  endedBy: "run-over" | "killed" = "run-over",
) {
  const spans = [{ state: "running", fromMs: 0, untilMs, endedBy }] as const;
  return { name, member: name, spans } satisfies NodeRecord;
}

/** `change("a", "c", 3000, "dead")`: from then on a holds c dead; with `silence`, of that kind. */
export function change(
  viewer: string,
  member: string,
  atMs: number,
  to: BeliefChange["to"],
  silence: BeliefChange["silence"] = null,
): BeliefChange {
  return {
    atMs,
    viewer,
    member,
    from: "alive",
    to,
    incarnation: 1,
    by: viewer,
    cause: "silence",
    silence,
    phi: null,
  };
}

export function expectation(given: Partial<ExpectationRecord> = {}): ExpectationRecord {
  return {
    id: "steps[1]",
    line: 12,
    verb: "await",
    label: "c detected",
    withinMs: 5000,
    holdMs: null,
    fromMs: 2000,
    untilMs: 4000,
    metAtMs: 4000,
    outcome: "met",
    got: "it holds",
    failure: null,
    ...given,
  };
}

/** A run in which an expectation failed, with all that is told about it. */
export function failedRecord(): RunRecord {
  const failure = {
    atMs: 7000,
    expected: "a & b see c <dead>",
    got: "a sees c alive",
    matrix: {
      viewers: ["a", "b"],
      members: ["a", "b", "c"],
      states: [
        ["alive", "alive", "alive"],
        ["alive", "alive", null],
      ],
    },
    lastEvents: ["6.9 s  b  c suspect → dead"],
  } as const;
  return runRecord({
    outcome: "failed",
    failure: "line 12: expected c dead; got: a sees c alive",
    expectations: [expectation({ outcome: "failed", got: "a sees c alive", failure })],
  });
}

/** Everybody meets everybody at the begin. */
function acquaintance(nodes: readonly NodeRecord[]): BeliefChange[] {
  return nodes.flatMap(({ name }) =>
    nodes.map(({ member }) => ({ ...change(name, member, 0, "alive"), from: null })),
  );
}
