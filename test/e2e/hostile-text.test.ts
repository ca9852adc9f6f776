import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openApi } from "../control/api.ts";
import { changed, FakeNode, member } from "../control/fake-node.ts";
import { directoryOfFile } from "../temporary-directory.ts";
import { runHearsay } from "./run-hearsay.ts";

const folder = directoryOfFile();

/** Erases the screen, sets a title, turns the direction; in C0 and in C1. */
const HOSTILE = "x\x1b[2J\x1b]0;mine\x07\u009b2J\u202emine";

/** Line ends and tabs are no harm. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come out
const HARMFUL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

function hostileNode(): FakeNode {
  const node = new FakeNode();
  const n1 = member("n1", "alive");
  node.members.push({
    ...n1,
    record: { ...n1.record, tags: { rack: HOSTILE } },
    reachedThrough: HOSTILE,
    accusers: [HOSTILE],
  });
  node.events.append({ ...changed("n1"), by: HOSTILE, reason: HOSTILE } as never, new Date());
  const origin = { origin: "n1", startId: "00", seq: 1 };
  node.views.accept({ kind: "view-fetched", member: "n1", digest: HOSTILE, entries: [] });
  const told = { kind: "user-event", ...origin, name: HOSTILE, payload: HOSTILE } as const;
  node.events.append(told as never, new Date());
  return node;
}

test.each([
  ["members", ["members"]],
  ["explain", ["explain", "n1"]],
  ["events", ["events"]],
  ["views", ["views"]],
  ["dashboard", ["dashboard"]],
  ["a refusal", ["explain", HOSTILE]],
])("whatever a node tells, %s prints nothing that acts on a terminal", async (_, words) => {
  const { url } = await openApi(hostileNode());
  const jsons = words[0] === "dashboard" ? [[]] : [[], ["--json"]];
  for (const more of jsons) {
    const { stdout, stderr } = await runHearsay([...words, ...more, "--attach", url]);
    expect(stdout + stderr).toContain("mine");
    expect(stdout + stderr).not.toMatch(HARMFUL);
  }
});

test("a scenario's words reach neither the terminal nor a report raw", async () => {
  const file = join(folder, "hostile.yaml");
  const words = '"x\\e[2J\\u009b2J\\u202emine"';
  const steps = [
    "start: all",
    `mark: ${words}`,
    `log: ${words}`,
    "await: converged\n    within: 5s",
  ];
  const list = steps.map((step) => `  - ${step}\n`).join("");
  const head = `name: ${words}\nabout: ${words}\nnodes: [a, b]\nreport: [svg, html, junit, json]\n`;
  writeFileSync(file, `${head}steps:\n${list}`);
  const reports = join(folder, "reports");
  for (const how of [["--sim", "--report", reports], ["--sim", "--json"], ["--plan"]]) {
    const { stdout, stderr } = await runHearsay(["run", ...how, file]);
    expect(stdout + stderr).toContain("mine");
    expect(stdout + stderr).not.toMatch(HARMFUL);
  }
  expect(readdirSync(reports)).toHaveLength(4);
  for (const name of readdirSync(reports)) {
    expect(readFileSync(join(reports, name), "utf8"), name).not.toMatch(HARMFUL);
  }
}, 40_000);

test("in a locale without UTF-8 nothing but ASCII comes out", async () => {
  const { url } = await openApi(hostileNode());
  for (const words of [["members"], ["explain", "n1"], ["events"], ["views"], ["dashboard"]]) {
    const { stdout, stderr } = await runHearsay([...words, "--attach", url], { LC_ALL: "C" });
    expect(stdout + stderr).toMatch(/^[\t\n\x20-\x7e]+$/);
  }
});
