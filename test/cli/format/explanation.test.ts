import { expect, test } from "vitest";
import { formatExplanation, hearingsOf } from "../../../cli/format/explanation.ts";
import type { ViewsBody } from "../../../src/control/api-types.ts";
import type { ViewEntry } from "../../../src/core/member.ts";
import { PLAIN } from "../plain.ts";
import { explainBody, PROBE, SUSPICION } from "./bodies.ts";

const text = (...args: Parameters<typeof formatExplanation>) =>
  formatExplanation(...args).join("\n");

test("a healthy member's story: phi, forecast, window, who heard it", () => {
  const hearings = [{ viewer: "n2", heardAgoMs: 80, viewAgeMs: 3_000 }];
  expect(formatExplanation(PLAIN, explainBody("n3"), hearings)).toEqual([
    "n3 is ● alive for 1m00s, as n1 sees it",
    "  phi         0.4 of 8 ▊",
    "              last heard 0.12 s ago: a silence that long is normal",
    "              would be suspected in 0.31 s if it stays silent",
    "  window      3 intervals between answers, mean 0.20 s, deviation 20 ms (the floor: it is steadier than that)",
    "              answers within 0.4 ms, give or take 0.1",
    "  probes      the wire to it is open: its process exists",
    "  heard by    n2 80 ms before its view of 3.0 s ago",
    "  watched by  n1 and n2",
    "  about it    127.0.0.1:7001, incarnation 4, start 6900000000112233aabbccdd",
    "              control API at http://127.0.0.1:8001",
  ]);
});

test("a suspicion is told with who, why, when, and what ends it", () => {
  const told = text(
    PLAIN,
    explainBody("n3", {
      state: "suspect",
      phi: 8.2,
      reachedThrough: "n4",
      suspicion: {
        ...SUSPICION,
        accusations: [
          { accuser: "n1", evidence: "silence", phi: 8.1, agoMs: 900 },
          { accuser: "n2", evidence: "refused", phi: 0.3, agoMs: 850 },
        ],
        quorumForMs: 850,
        deadInMs: 120,
      },
      probe: {
        ...{ pingsUnanswered: 3, refusals: 1, refusalsMutedForMs: 4_000 },
        ...{ wire: null, turnInMs: null },
        round: { startedMs: 60, helpers: ["n4", "n5"], nacks: ["n5"], repeats: 0 },
      },
    }),
    [],
  );
  expect(told).toContain("n1 accused it 0.90 s ago: it was silent (phi 8.1)");
  expect(told).toContain("n2 accused it 0.85 s ago: its host says that no process owns the port");
  expect(told).toContain(
    "began 0.90 s ago; 2 accusers needed, reached 0.85 s ago; dead in 0.12 s if it does not refute",
  );
  expect(told).toContain("3 pings without an answer");
  expect(told).toContain("n4 and n5 were asked to try; n5 could not reach it either");
  expect(told).toContain("refusals are not believed for 4.0 s");
  expect(told).toContain("reachable only through n4");
  expect(told).toContain("while it runs, a silence that long is one in 10^8.2");
});

test.each([
  ["frozen", "frozen: its host answers, it does not, 3.5 s (a fact, reported by its kernel)"],
  ["unreachable", "unreachable: its host is silent, too, 3.5 s (inferred from silence)"],
  ["crashed", "crashed: its process ended, 3.5 s (a fact, reported by its kernel)"],
] as const)("one line tells the kind and how certain it is: %s", (silence, line) => {
  const told = explainBody("n3", { state: "suspect", silence, lastHeardMs: 3_500 });
  expect(formatExplanation(PLAIN, told, [])[1]).toBe(`  kind        ${line}`);
});

test("of a death it tells what the member died of", () => {
  const died = explainBody("n3", { state: "dead", silence: "crashed", phi: null });
  expect(text(PLAIN, died, [])).toContain(
    "kind        crashed: its process ended (a fact, reported by its kernel)",
  );
});

test("a frozen member cannot refute, so its story says what ends it", () => {
  const suspicion = { ...SUSPICION, quorumForMs: 850, deadInMs: 55_000 };
  const frozen = explainBody("n3", { state: "suspect", silence: "frozen", suspicion });
  expect(text(PLAIN, frozen, [])).toContain("dead in 55 s if it stays frozen");
});

test("in another engine's pool the pool's own rule is told, and which paths fail", () => {
  const path = { rttMs: 1.2, downForMs: null, how: "ack" as const };
  const accused = explainBody("m3", {
    state: "suspect",
    phi: 0.4,
    suspicion: {
      ...{ rule: "memberlist", startedMs: 1_300, quorum: 3, quorumForMs: null, deadInMs: 2_700 },
      accusations: [{ accuser: "m2", evidence: "silence", phi: 0.4, agoMs: 1_300 }],
      ended: null,
    },
    paths: [
      { ...path, from: "m1", to: "m3", ok: 17, of: 32 },
      { ...path, from: "m2", to: "m3", ok: 5, of: 34, downForMs: 4_000 },
      { ...path, from: "m4", to: "m3", ok: 15, of: 15 },
    ],
  });
  const told = text(PLAIN, accused, []);
  expect(told).toContain("m3 is ◐ suspect for 1m00s, as the pool sees it");
  expect(told).toContain("m2 accused it 1.3 s ago\n");
  expect(told).toContain(
    "began 1.3 s ago; the pool declares it dead in 2.7 s if it does not refute; " +
      "1 of the 3 accusers are known that make it the soonest",
  );
  expect(told).toContain("this guest hears it well, so the fault is between its accusers and it");
  expect(told).toContain("m1 → m3 17 of 32, m2 → m3 5 of 34 (down for 4.0 s); the other one is up");
});

test("a slow member is told by its open pings, as an inference", () => {
  const slow = explainBody("n3", { phi: 3.2, slowness: 3.2, lastHeardMs: 480, rttMs: 1.2 });
  expect(text(PLAIN, slow, [])).toContain(
    "slow: usually 1.2 ms, heard 0.48 s ago (inferred from its open pings)",
  );
  expect(text(PLAIN, slow, [])).toContain(
    "while it runs, to leave its open pings unanswered for so long is one in 1,585",
  );
});

test("a wire that its kernel closed is told", () => {
  const closed = explainBody("n3", { probe: { ...PROBE, pingsUnanswered: 1, wire: "closed" } });
  expect(text(PLAIN, closed, [])).toContain("its kernel closed the wire to it");
});

test("while observers take turns, it is told when the member is asked again", () => {
  const probe = { ...PROBE, turnInMs: 1_400 };
  const told = text(PLAIN, explainBody("n3", { probe }), []);
  expect(told).toContain("all is calm: it is asked again in 1.4 s");
});

test("a node that does not accuse the suspect says that others decide", () => {
  const one = { accuser: "n2", evidence: "silence", phi: 9, agoMs: 500 } as const;
  const told = (accusations: readonly (typeof one)[]): string =>
    text(PLAIN, explainBody("n3", { suspicion: { ...SUSPICION, accusations } }), []);
  expect(told([one])).toContain("2 accusers needed, not reached yet; those who accuse it decide");
  expect(told([])).toContain("its clock is stopped");
});

test("a suspicion that ended says how", () => {
  const ended = { how: "refuted", agoMs: 8_000 } as const;
  const suspicion = { ...SUSPICION, startedMs: 9_000, ended };
  expect(text(PLAIN, explainBody("n3", { suspicion }), [])).toContain(
    "began 9.0 s ago and ended 8.0 s ago: it refuted",
  );
});

test("a member that this node does not watch has no phi here, and the story says so", () => {
  const told = text(PLAIN, explainBody("n3", { observed: false, phi: null, detector: null }), []);
  expect(told).toContain("  phi         none: n1 does not watch it");
});

test.each([
  ["dead", "none: n1 does not measure dead members"],
  ["left", "none: n1 does not measure members that left"],
] as const)(
  "of a %s member nobody is told to watch it, and the state is why it has no phi",
  (state, why) => {
    const body = explainBody("n3", { state, phi: null, detector: null, observers: ["n1", "n2"] });
    const told = text(PLAIN, body, []);
    expect(told).toContain(`  phi         ${why}`);
    expect(told).not.toContain("watched by");
  },
);

test("a node tells of itself that it does not measure itself", () => {
  expect(text(PLAIN, explainBody("n1"), [])).toContain("n1 (this node) is ● alive for 1m00s\n");
});

test("who heard a member last comes first, and the age of a view is not added to the silence", () => {
  const entry = (name: string, heardAgoMs: number | null): ViewEntry => ({
    name,
    state: "alive",
    incarnation: 1,
    heardAgoMs,
    phi: null,
  });
  const view = (viewer: string, ageMs: number, entries: readonly ViewEntry[]) => ({
    viewer,
    digest: "00",
    ageMs,
    copy: 1,
    reachable: true,
    entries,
  });
  const body: ViewsBody = {
    v: 1,
    self: "n1",
    roundMs: 500,
    views: [
      view("n1", 0, [entry("n3", 900)]),
      view("n2", 500, [entry("n3", 100)]),
      view("n3", 0, [entry("n3", 0)]),
      view("n4", 0, [entry("n3", null)]),
      view("n5", 0, []),
    ],
  };
  expect(hearingsOf("n3", body)).toEqual([
    { viewer: "n2", heardAgoMs: 100, viewAgeMs: 500 },
    { viewer: "n1", heardAgoMs: 900, viewAgeMs: 0 },
  ]);
});
