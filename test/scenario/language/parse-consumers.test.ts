import { describe, expect, test } from "vitest";
import { parseScenario } from "../../../src/scenario/language/define-scenario.ts";
import { complaintsOf } from "./complaints.ts";

const HEAD = "name: test\nnodes: [a, b, c]\nservices: { web: { nodes: [b, c] } }\nconsumers:\n";
const STEPS = "steps:\n  - start: all\n";

/** What is wrong with these lines under `consumers`, which begin in line 5, and these steps. */
function complaints(consumers: string, steps = ""): string[] {
  return complaintsOf(`${HEAD}${consumers}\n${STEPS}${steps}`);
}

test("a consumer uses what discovery answers, or watches members by a limit of its own", () => {
  const { services, consumers, thresholds } = parseScenario(
    `
name: test
nodes: [a, b, c]
groups: { servers: [b, c] }
services:
  web: { nodes: servers, port: 80, panic: 30% }
consumers:
  balancer: { at: a, uses: WEB, max_phi: 3 }
  hasty: { at: a, watches: servers, max_phi: 0.5, thresholds: { crash_known: "<= naive checker" } }
  naive checker: { at: a, watches: b, timeout: 2s, thresholds: { wrongly_out: "< 1s" } }
steps: [{ start: all }]
`,
    null,
  );
  expect(services).toEqual([{ name: "web", nodes: ["b", "c"], port: 80, panicShare: 0.3 }]);
  expect(consumers).toMatchObject([
    { members: ["b", "c"], decides: { by: "discovery", service: "web", maxPhi: 3 }, line: 8 },
    { members: ["b", "c"], decides: { by: "phi", maxPhi: 0.5 } },
    { members: ["b"], decides: { by: "timeout", timeoutMs: 2000 } },
  ]);
  expect(thresholds).toMatchObject([
    { figure: "hasty.crash_known", limit: { figure: "naive checker.crash_known" } },
    { figure: "naive checker.wrongly_out", operator: "<", limit: 1000 },
  ]);
});

describe("thresholds of a consumer in one world alone", () => {
  const text = (claims: string) =>
    `${HEAD}  lb: { at: a, uses: web, thresholds: { crash_known: '< 9s' } }\n${STEPS}${claims}\n`;

  test("are judged beside those of every world, in that one only", () => {
    const written = text("sim: { consumers: { lb: { crash_known: '< 1s' } } }");
    expect(parseScenario(written, null).thresholds).toMatchObject([
      { figure: "lb.crash_known", limit: 9000 },
      { figure: "lb.crash_known", limit: 1000, only: "sim" },
    ]);
    expect(parseScenario(written, null).thresholds[0]).not.toHaveProperty("only");
  });

  test.each([
    [
      "real: { consumers: { lbb: { least: '> 1' } } }",
      '8:27: there is no consumer "lbb"; did you mean lb?',
    ],
    [
      "sim: { consumers: { lb: { leest: '> 1' } } }",
      '8:27: there is no "leest" here; did you mean least?',
    ],
    [
      "sim: { consumers: { lb: { least: '> lb' } } }",
      "8:34: least: lb cannot be compared with itself; name another consumer",
    ],
  ])("%s is told with its place", (claims, complaint) => {
    expect(complaintsOf(text(claims))).toEqual([complaint]);
  });
});

describe("a consumer that cannot be is told with its place and a remedy", () => {
  test.each([
    ["{ at: z, uses: web }", '5:13: there is no node or group "z"; there are a, b, c'],
    ["{ at: a, uses: 2 }", "5:22: uses: 2 must be the name of a service"],
    ["{ at: a, uses: wep }", '5:22: there is no service "wep"; did you mean web?'],
    [
      "{ at: a }",
      "5:3: lb needs uses: a service, or watches: nodes with max_phi, timeout or answer_timeout",
    ],
    ["{ at: a, uses: web, watches: b }", "5:27: uses and watches exclude each other; keep one"],
    [
      "{ at: a, uses: web, timeout: 3s }",
      "5:27: uses takes max_phi, not timeout; watches takes either",
    ],
    [
      "{ at: a, watches: b }",
      "5:3: lb needs max_phi, timeout or answer_timeout: when is a member out?",
    ],
    [
      "{ at: a, watches: b, max_phi: 1, timeout: 3s }",
      "5:40: max_phi and timeout exclude each other; keep one",
    ],
    ["{ at: a, watches: all, max_phi: 1 }", "5:25: a cannot watch itself"],
    [
      "{ at: a, watches: b, answer_timeout: 1s, max_phi: 1 }",
      "5:28: max_phi and answer_timeout exclude each other; keep one",
    ],
    [
      "{ at: a, uses: web, answer_timeout: 3s }",
      "5:27: uses takes max_phi, not answer_timeout; watches takes either",
    ],
    [
      "{ at: a, watches: b, timeout: 500ms }",
      "5:37: timeout: 500ms must be longer than probeIntervalMs (1000): no node is heard more often",
    ],
    [
      "{ at: a, watches: b, max_phi: -1 }",
      "5:37: max_phi: -1 must be a level of suspicion from 0 to 9999, such as 8 or 0.5",
    ],
    [
      "{ at: a, watches: b, max_phi: 1, thresholds: { leest: '> 1' } }",
      '5:54: there is no "leest" here; did you mean least?',
    ],
    [
      "{ at: a, watches: b, max_phi: 1, thresholds: { least: '> 1s' } }",
      "5:61: least is not a time; leave out the s",
    ],
    ["b", '5:7: lb: "b" must be a map such as { at: a, uses: web }'],
    [
      "{ at: a, watches: b, max_phi: 1, thresholds: { least: '> lb' } }",
      "5:61: least: lb cannot be compared with itself; name another consumer",
    ],
    [
      "{ at: a, watches: b, max_phi: 1, thresholds: { least: '> him' } }",
      '5:61: least: there is no consumer "him"',
    ],
  ])("%s", (consumer, complaint) => {
    expect(complaints(`  lb: ${consumer}`)).toEqual([complaint]);
  });

  test.each(['""', '"x\\ny"', '" x"', "=x", "4s"])("the name %s is told", (name) => {
    const shown = name.startsWith('"') ? name : `"${name}"`;
    const rule =
      "must be 1 to 40 characters of one line that are not a value (4s) or a comparison (=x)";
    const [complaint] = complaintsOf(`${HEAD}  ${name}: { at: a, uses: web }\n${STEPS}`);
    expect(complaint).toBe(`5:3: ${shown} ${rule}`);
  });

  test("nodes that do not ping each other cannot be watched", () => {
    const text = `name: x\nnodes: 13\nconsumers: { x: { at: n1, watches: n2, max_phi: 1 } }\n${STEPS}`;
    expect(complaintsOf(text)).toEqual([
      "3:27: with 13 nodes not every node pings every other: watches works with at most 12 nodes, uses with any number",
    ]);
  });

  test("a service needs a name that DNS can carry", () => {
    const text = `name: x\nnodes: [a]\nservices: { -x: { nodes: a } }\n${STEPS}`;
    expect(complaintsOf(text)[0]).toMatch(/^3:13: "-x" must be 1 to 63 of /);
  });
});

test("a consumer needs a node that starts some time", () => {
  const later = "  lb: { at: a, uses: web }";
  const start = (node: string) => complaintsOf(`${HEAD}${later}\nsteps:\n  - start: ${node}\n`);
  expect(start("[b, c]")).toEqual(["5:7: a never starts, so lb cannot ask it"]);
  expect(start("[a, b]")).toEqual([]);
});

test("two services whose names differ by case alone are one", () => {
  const text = `name: x\nnodes: [a, b]\nservices: { web: { nodes: a }, WEB: { nodes: b } }\n${STEPS}`;
  expect(complaintsOf(text)).toEqual([
    "3:32: web and WEB are the same service: names of services ignore case",
  ]);
});

test("a node offers no more than its record can carry; others may offer others", () => {
  const services = Array.from({ length: 8 }, (_, at) => `${"w".repeat(62)}${at}`);
  const text = (nodesOf: (at: number) => string) => {
    const offers = services.map((service, at) => `  ${service}: { nodes: ${nodesOf(at)} }\n`);
    return `name: x\nnodes: [a, b]\nservices:\n${offers.join("")}${STEPS}`;
  };
  expect(complaintsOf(text(() => "b"))).toEqual([
    "3:1: b offers too much: tags and services take 554 bytes together; at most 512 are allowed",
  ]);
  expect(complaintsOf(text((at) => (at % 2 === 0 ? "a" : "b")))).toEqual([]);
});

describe("a condition on what a consumer uses", () => {
  const LB = "  lb: { at: a, watches: b, max_phi: 1 }\n  disc: { at: a, uses: web }";

  test.each([
    ["pool_of: bl, size: 1", '10:24: there is no consumer "bl"; there are lb, disc'],
    ["pool_of: lb", "10:13: pool_of needs at least one of size, in, out, panic"],
    ["pool_of: lb, size: 2", "10:34: size: 2 is more than the 1 that lb may use"],
    ["pool_of: lb, out: c", "10:33: lb never uses c; there are b"],
    [
      "pool_of: lb, panic: false",
      "10:28: only a consumer that uses discovery can be in panic; lb does not",
    ],
  ])("{ %s } is told", (condition, complaint) => {
    expect(complaints(LB, `  - wait: 1s\n  - expect: { ${condition} }\n`)).toEqual([complaint]);
  });

  test("is not wrong because the consumer that it names is", () => {
    const step = "  - expect: { pool_of: lb, size: 1 }\n";
    expect(complaints("  lb: { at: a, uses: wep }", step)).toEqual([
      '5:22: there is no service "wep"; did you mean web?',
    ]);
  });

  test("cannot hold where the node that it asks does not run", () => {
    expect(complaints(LB, "  - kill: a\n  - expect: { pool_of: lb, size: 1 }\n")).toEqual([
      "10:5: a is not running here: it was killed in line 9, so lb cannot ask it",
    ]);
  });

  test("may stand for a whole block", () => {
    expect(complaints(LB, "  - always: { pool_of: disc, size: 2, panic: false }\n")).toEqual([]);
  });
});
