import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalCluster } from "../../src/cluster/local-cluster.ts";
import { serveHttp } from "../loopback-servers.ts";
import { localCluster } from "./local-cluster.ts";
import { type Outcome, runHearsay } from "./run-hearsay.ts";

/** `hearsay start` on free ports, unless `words` say otherwise. */
function start(...words: readonly string[]): readonly string[] {
  const free = ["--bind", "--api"].filter((option) => !words.includes(option));
  const log = words.includes("--log") ? [] : ["--log", "text"];
  return ["start", ...free.flatMap((option) => [option, "127.0.0.1:0"]), ...log, ...words];
}

let cluster: LocalCluster;
let address: string;

beforeAll(async () => {
  cluster = localCluster(["n1"]);
  ({ address } = await cluster.startOne("n1"));
});

afterAll(() => cluster.close());

function expectOneLine({ exitCode, stderr }: Outcome, exitCodeWanted: number, words: RegExp): void {
  const lines = stderr.split("\n").filter((line) => line.startsWith("hearsay: "));
  expect(lines, stderr).toHaveLength(1);
  expect(lines[0]).toMatch(words);
  expect(exitCode).toBe(exitCodeWanted);
}

test.each([
  [["--name", "a b"], /^hearsay: name: "a b" \(from --name\) must be 1 to 64 characters/],
  [["--bind", "127.0.0.1:70000"], /^hearsay: bind: "127\.0\.0\.1:70000" .* must be a numeric/],
  [["--tag", "novalue"], /^hearsay: tags: .* key=value/],
  [["--service", "web:0"], /^hearsay: services: "web:0" .* must be a whole number from 1 to 65535/],
  [["--name", "a", "--name", "b"], /^hearsay: --name is given twice/],
  [["--bogus", "1"], /^hearsay: Unknown argument: bogus \(hearsay start --help/],
  [
    ["--bnd", "x"],
    /^hearsay: Unknown argument: bnd\. Did you mean --bind\? \(hearsay start --help/,
  ],
])("hearsay start %j is one line and exit code 2", async (words, line) => {
  expectOneLine(await runHearsay(start(...words)), 2, line);
});

test("with --log json the reason to end is a JSON line as all others are", async () => {
  const words = ["--name", "n9", "--profile", "wan", "--join", address, "--log", "json"];
  const { stderr, exitCode } = await runHearsay(start(...words));
  const lines = stderr
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { event: string });
  expect(lines.at(-1)).toMatchObject({ event: "failed", level: "error", exitCode: 2 });
  expect(exitCode).toBe(2);
});

test.each([
  ["members", "--attach", "127.0.0.1:1"],
  ["explain", "n1", "--attach", "127.0.0.1:1"],
  ["wait", "--for", "alive=1", "--timeout", "100ms", "--attach", "127.0.0.1:1"],
])(
  "hearsay %s of a node that is not there is one line with the address, and exit code 3",
  async (...words) => {
    expectOneLine(await runHearsay(words), 3, /127\.0\.0\.1:1.*hearsay start/);
  },
);

test("something else at the address is told from a node: exit code 3", async () => {
  const { url } = await serveHttp((_, response) => response.end("<html>hello</html>"));
  expectOneLine(await runHearsay(["members", "--attach", url]), 3, new RegExp(new URL(url).host));
});

test.each([
  [["membrs"], /there is no command "membrs"\. Did you mean members\?/],
  [[], /which command\?/],
  [["members", "--status", "gone"], /--status: "gone" is none of alive, suspect, dead, left/],
  [["members", "--attach", "a/b"], /--attach: "a\/b" is not the address of a control API/],
  [["wait", "--for", "soon"], /--for: "soon" is not a condition/],
  [["wait", "--for", "converged", "--timeout", "3"], /--timeout: "3" is not a duration/],
  [["events", "--since", "yesterday"], /--since: "yesterday" is not a duration .* or an index/],
  [["up", "many"], /n: "many" is not a whole number from 1 to 100/],
  [["demo", "1"], /n: "1" is not a whole number from 2 to 30/],
])("hearsay %j is one line and exit code 2", async (words, line) => {
  expectOneLine(await runHearsay(words), 2, line);
});
