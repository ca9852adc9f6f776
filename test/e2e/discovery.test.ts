import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DiscoveryFigure } from "../../src/bench/discovery/discovery-figure.ts";
import type { LocalCluster } from "../../src/cluster/local-cluster.ts";
import { FORMED_MS, localCluster } from "./local-cluster.ts";
import { runHearsay } from "./run-hearsay.ts";

// In CI they are installed; elsewhere: apt-get install bind9-dnsutils haproxy prometheus.
const isCi = process.env.CI !== undefined;
const lacks = (program: string) => !isCi && spawnSync(program, ["-v"]).error !== undefined;

/** A row takes 3 to 12 s; a machine that is busy with other tests gets its time. */
const BENCH_MS = 45_000;

const NAMES = ["n1", "n2", "n3"];
let cluster: LocalCluster;
let api: string;
let dns: string;

beforeAll(async () => {
  cluster = localCluster(NAMES, (name) => [
    ...["--service", `web:808${name.slice(1)}`],
    ...(name === "n1" ? ["--dns", "127.0.0.1:0"] : []),
  ]);
  await cluster.form(FORMED_MS);
  ({ api, dns = "" } = cluster.daemon("n1"));
}, 30_000);

afterAll(() => cluster.close());

describe.skipIf(lacks("dig"))("dig, where it is installed,", () => {
  const dig = (...words: string[]): string => {
    const at = dns.lastIndexOf(":");
    const server = [`@${dns.slice(0, at)}`, "-p", dns.slice(at + 1)];
    const { stdout } = spawnSync("dig", [...server, ...words], { encoding: "utf8" });
    return stdout.trim();
  };
  const status = (...words: string[]) => /status: (\w+)/.exec(dig(...words))?.[1];

  test.each([["+notcp"], ["+tcp"]])("%s finds every kind of record", (transport) => {
    const short = (...words: string[]) =>
      dig(transport, "+short", ...words)
        .split("\n")
        .sort();
    expect(short("web.service.hearsay", "A")).toEqual(["127.0.0.1"]);
    expect(short("n2.node.hearsay")).toEqual(["127.0.0.1"]);
    expect(short("_web._tcp.hearsay", "SRV")).toEqual(
      NAMES.map((name) => `1 25599 808${name.slice(1)} ${name}.node.hearsay.`),
    );
    expect(short("web.service.hearsay", "SRV")).toHaveLength(3);
    expect(short("hearsay", "SOA")[0]).toMatch(/^ns\.hearsay\. hostmaster\.hearsay\. /);
  });

  test("is told what is not there, and what is not ours", () => {
    expect(dig("web.service.hearsay", "AAAA")).toMatch(/status: NOERROR.*ANSWER: 0, AUTHORITY: 1/s);
    expect(status("nope.service.hearsay")).toBe("NXDOMAIN");
    expect(status("example.com")).toBe("REFUSED");
  });
});

test.skipIf(lacks("promtool"))(
  "promtool has no complaint about the metrics, where it is installed",
  async () => {
    const input = await (await fetch(`http://${api}/v1/metrics`)).text();
    const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], {
      input,
      encoding: "utf8",
    });
    expect([status, stdout + stderr]).toEqual([0, ""]);
  },
);

const figuresOf = async (...words: string[]): Promise<Map<string, DiscoveryFigure>> => {
  const bench = ["bench", "discovery", "--preset", "short", "--json", ...words];
  const { exitCode, stdout, stderr } = await runHearsay(bench, {}, BENCH_MS);
  expect(exitCode, stderr).toBe(0);
  const { figures } = JSON.parse(stdout) as { figures: DiscoveryFigure[] };
  return new Map(figures.map((figure) => [figure.what, figure]));
};

test.each([
  ["watchers", "50 long polls and 50 streams on one daemon: a change has reached all after"],
  ["requests", "DNS queries (SRV) answered"],
])(
  "the bench measures the row %s",
  async (row, what) => {
    expect((await figuresOf("--rows", row)).get(what)?.samples).not.toHaveLength(0);
  },
  BENCH_MS,
);

// Their figures must hold on any machine: a back end that leaves costs no request, and a pool is whole in a panic.
test.skipIf(lacks("haproxy")).each([["kill"], ["leave"], ["cascade"], ["restart"]])(
  "HAProxy, where it is installed, lives through the row %s",
  async (row) => {
    expect((await figuresOf("--rows", row)).size).toBeGreaterThan(1);
  },
  BENCH_MS,
);
