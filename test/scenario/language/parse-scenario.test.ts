import { describe, expect, test } from "vitest";
import { parseScenario } from "../../../src/scenario/language/define-scenario.ts";
import { complaintsOf } from "./complaints.ts";

const HEAD = "name: test\nnodes: [a, b, c]\nsteps:\n  - start: all\n";

/** What is wrong with these steps after `start: all`, each as `line:column message`. */
function complaints(steps: string): string[] {
  return complaintsOf(HEAD + steps);
}

test("the whole language of the first page is understood", () => {
  const scenario = parseScenario(
    `
name: split brain heals
rngSeed: 42
nodes: [a, b, c, d, e]
groups: { left: [a, b], right: [c, d, e] }
config: { profile: local }
steps:
  - start: all
  - await: converged
    within: 5s
  - partition: [left, right]
    for: 20s
    during:
      - expect: { viewers: left, see: { right: dead } }
        within: 8s
      - expect: { viewers: right, see: { right: alive } }
        hold: 5s
  - await: converged
    within: 10s
always:
  - never: { dead: anyone, seen_by: same_side }
thresholds: { detect.p95: "< 4s", heal.max: "< 10s", bytes_per_node_s.avg: "< 8192" }
report: [terminal, svg, junit]
`,
    null,
  );
  expect(scenario.steps.map(({ label }) => label)).toEqual([
    "start all",
    "converged",
    "partition {a b} | {c d e} for 20s",
    "converged",
  ]);
  expect(scenario.steps[2]).toMatchObject({
    id: "steps[2]",
    line: 11,
    forMs: 20_000,
    rules: [
      { from: ["a", "b"], to: ["c", "d", "e"], drop: 1 },
      { from: ["c", "d", "e"], to: ["a", "b"], drop: 1 },
    ],
    during: [{ id: "steps[2].during[0]", viewers: ["a", "b"] }, { holdMs: 5000 }],
  });
  expect(scenario.always[0]).toMatchObject({
    verb: "never",
    condition: { kind: "seen", state: "dead", members: null, seenBy: "same_side" },
  });
  expect(scenario.thresholds[0]).toMatchObject({ operator: "<", limit: 4000 });
});

test("nodes given as a number have names", () => {
  expect(parseScenario("name: x\nnodes: 3\nsteps: [{start: all}]", null).nodes).toEqual([
    "n1",
    "n2",
    "n3",
  ]);
});

describe("what cannot be carried out is told with line and column", () => {
  test.each([
    ["unknown verb", "  - kil: c\n", '5:5: there is no verb "kil"; did you mean kill?'],
    [
      "two verbs",
      "  - kill: c\n    start: b\n",
      "5:5: start and kill cannot share a step; write a step for each",
    ],
    [
      "unknown key",
      "  - kill: c\n    wihtin: 5s\n",
      '6:5: there is no "wihtin" here; there are kill',
    ],
    [
      "unknown node",
      "  - kill: x\n",
      '5:11: there is no node or group "x"; there are a, b, c, all',
    ],
    [
      "wrong type",
      "  - repeat: often\n    steps: []\n",
      '5:13: repeat: "often" must be a whole number from 1 to 1000',
    ],
    ["no unit", "  - wait: 5\n", "5:11: wait: 5 must be a duration such as 500ms, 5s or 2m"],
    [
      "missing key",
      "  - await: converged\n",
      "5:5: within is missing; it must be a duration such as 500ms, 5s or 2m",
    ],
    [
      "unknown condition",
      "  - expect: { sees: { c: dead } }\n",
      '5:13: there is no condition "sees"; did you mean see?',
    ],
    [
      "unknown state",
      "  - expect: { see: { c: ded } }\n",
      '5:25: c: "ded" must be alive, suspect, dead, left, unknown, or a list of these',
    ],
    ["a node on both sides", "  - partition: [[a, b], [b, c]]\n", "5:16: b is on two sides"],
    [
      "links named twice",
      "  - loss: { node: a, from: b, rate: 5% }\n",
      "5:11: name the links in one way: from and to, between, or node",
    ],
    [
      "unknown event",
      "  - expect: { events: [{ node: a, event: member-chnged }] }\n",
      '5:42: there is no event "member-chnged"; did you mean member-changed?',
    ],
    [
      "unknown field of an event",
      "  - expect: { events: [{ event: member-changed, membr: c }] }\n",
      '5:49: member-changed has no field "membr"; did you mean member?',
    ],
    [
      "a field of another event",
      "  - expect: { events: [{ event: stalled, to: dead }] }\n",
      '5:42: stalled has no field "to"; there are stalledMs, node',
    ],
    [
      "a pattern without an event",
      "  - expect: { events: [{ member: c }] }\n",
      "5:24: event is missing; it must be an event such as member-changed",
    ],
    [
      "a link of a node to itself",
      "  - oneway: { from: a, to: a }\n",
      "5:13: a has no link to itself; name another node",
    ],
    [
      "more members than nodes",
      "  - expect: { count: { alive: 3, dead: 1 } }\n",
      "5:22: count adds up to 4 members, but there are 3 nodes",
    ],
    [
      "a share above one",
      "  - loss: 3\n",
      "5:11: loss: 3 must be a share such as 30% or 0.3, at most 100%",
    ],
    [
      "a share above a hundred percent",
      "  - loss: 130%\n",
      '5:11: loss: "130%" must be a share such as 30% or 0.3, at most 100%',
    ],
  ])("%s", (_, steps, complaint) => {
    expect(complaints(steps)).toEqual([complaint]);
  });
});

describe("what cannot come about is told before anything starts", () => {
  test.each([
    [
      "a step on a dead node",
      "  - kill: c\n  - pause: c\n",
      "6:5: c is not running here: it was killed in line 5",
    ],
    [
      "killing the dead",
      "  - kill: c\n  - kill: c\n",
      "6:5: c is not running here: it was killed in line 5",
    ],
    [
      "starting the living",
      "  - start: c\n",
      "5:5: c is already running (it was started in line 4); use restart to stop and start it",
    ],
    [
      "stalling the paused",
      "  - pause: c\n  - stall: c\n    for: 1s\n",
      "6:5: c is paused here (it was paused in line 5)",
    ],
    ["resuming the running", "  - resume: c\n", "5:5: c is not paused here"],
    [
      "the view of a dead node",
      "  - kill: c\n  - expect: { see: { a: alive }, viewers: c }\n",
      "6:5: c is not running here: it was killed in line 5, so it sees nothing",
    ],
    [
      "a wait longer than its fault",
      "  - isolate: c\n    for: 5s\n    during:\n      - await: { see: { c: dead } }\n        within: 8s\n",
      '8:9: c dead: 8 s does not fit: "isolate c for 5s" lasts 5 s',
    ],
    [
      "a wait longer than what is left of its fault",
      "  - isolate: c\n    for: 5s\n    during:\n      - wait: 4s\n      - await: { see: { c: dead } }\n        within: 2s\n",
      '9:9: c dead: 2 s does not fit: "isolate c for 5s" lasts 5 s, and 4 s have passed by then',
    ],
    [
      "a second round on the dead",
      "  - repeat: 2\n    steps:\n      - kill: c\n",
      "7:9: c is not running here: it was killed in line 7",
    ],
    [
      "an unknown mark",
      "  - expect: { events: [{ event: joined }], since: later }\n",
      '5:5: there is no mark "later" before this',
    ],
    [
      "what a fault explains of anything but a death",
      "  - never: { suspect: anyone, seen_by: same_side }\n",
      "5:40: same_side works with dead only; for suspect use anyone or nodes",
    ],
    [
      "an unknown kind of silence",
      "  - expect: { silence: { c: frosen } }\n",
      '5:29: c: "frosen" must be silence, unreachable, frozen, refused, crashed, or a list of these',
    ],
    [
      "detected as a standing rule",
      "  - always: { detected: c }\n",
      "5:5: detected works with await and expect only; it cannot be judged at every moment",
    ],
  ])("%s", (_, steps, complaint) => {
    expect(complaints(steps)).toContain(complaint);
  });

  test("a wait longer than the run may take", () => {
    const text = `limit: 10s\n${HEAD}  - await: converged\n    within: 20s\n`;
    expect(complaintsOf(text)).toEqual([
      "6:5: converged: 20 s does not fit: the run may take 10 s",
    ]);
  });
});

test("a text that is no YAML is told with its place", () => {
  expect(complaintsOf("name: x\nnodes: [a, b\n")[0]).toMatch(/^\d+:\d+: /);
});

test("a key that is there twice is named", () => {
  expect(complaintsOf('name: x\n"name": y\n')).toEqual([
    '2:1: the key "name" is there twice in one map; remove one',
  ]);
});

test("a key that JavaScript would swallow is named", () => {
  const text = `${HEAD}  - start: all\ngroups:\n  __proto__: [a]\n`;
  expect(complaintsOf(text)).toEqual(["7:3: no key can be called __proto__; choose another name"]);
});

test.each(["", "# nothing yet\n"])("a file without a word of YAML is empty: %j", (text) => {
  expect(complaintsOf(text)).toEqual([
    "1:1: the file is empty; a scenario needs name, nodes and steps",
  ]);
});

test.each([
  ["  - kill: []\n", "5:11: kill: [] must be all, a node, a group, or a list of them"],
  ['  - kill: [""]\n', '5:12: kill[0]: "" must be all, a node, a group, or a list of them'],
  [
    "  - expect: { dead: [] }\n",
    "5:21: dead: [] must be anyone, a node, a group, or a list of them",
  ],
  ["  - heal: []\n", "5:11: heal: [] must be all, a verb such as partition, or a list of verbs"],
  ["  - expect: { events: [] }\n", "5:23: events: [] must be a list of at least one event"],
])("what is empty is refused in the words of the language: %j", (steps, complaint) => {
  expect(complaints(steps)).toEqual([complaint]);
});

test("an unknown key at the top is told, and what is wrong with single steps too", () => {
  const text = "name: x\nnods: [a]\nnodes: [a]\nsteps:\n  - kil: a\n";
  expect(complaintsOf(text)).toEqual([
    '2:1: there is no "nods" here; did you mean nodes?',
    '5:5: there is no verb "kil"; did you mean kill?',
  ]);
});

test("a small text of aliases does not become a large scenario", () => {
  const level = (at: number) =>
    `l${at}: &l${at} [${Array(9)
      .fill(`*l${at - 1}`)
      .join(", ")}]\n`;
  const text = `l0: &l0 [x, x]\n${[1, 2, 3, 4, 5].map(level).join("")}`;
  expect(complaintsOf(text).join()).toMatch(/alias/i);
});
