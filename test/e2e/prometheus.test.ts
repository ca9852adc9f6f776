import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalCluster } from "../../src/cluster/local-cluster.ts";
import { freePort } from "../loopback-servers.ts";
import { directoryOfFile } from "../temporary-directory.ts";
import { FORMED_MS, localCluster } from "./local-cluster.ts";

// In CI it is installed; elsewhere: apt-get install prometheus.
const lacksPrometheus =
  process.env.CI === undefined && spawnSync("prometheus", ["--version"]).error !== undefined;

const NAMES = ["n1", "n2", "n3"];

interface Target {
  readonly health: string;
  readonly scrapeUrl: string;
  readonly labels: Readonly<Record<string, string>>;
}

describe.skipIf(lacksPrometheus)("Prometheus, where it is installed,", () => {
  const directory = directoryOfFile();
  let cluster: LocalCluster;
  let prometheus: ChildProcess;
  let url: string;

  beforeAll(async () => {
    cluster = localCluster(NAMES, ["--tag", "rack=3"]);
    await cluster.form(FORMED_MS);
    const { api } = cluster.daemon("n1");
    writeFileSync(
      join(directory, "prometheus.yml"),
      `scrape_configs:
  - job_name: hearsay
    scrape_interval: 1s
    http_sd_configs:
      - url: http://${api}/v1/sd/prometheus/nodes
        refresh_interval: 1s
    relabel_configs:
      - source_labels: [__meta_hearsay_member]
        target_label: member
      - source_labels: [__meta_hearsay_tag_rack]
        target_label: rack
`,
    );
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    prometheus = spawn(
      "prometheus",
      [
        `--config.file=${join(directory, "prometheus.yml")}`,
        `--storage.tsdb.path=${join(directory, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: "ignore" },
    );
  }, 30_000);

  afterAll(async () => {
    const ended = once(prometheus, "close");
    prometheus.kill("SIGKILL");
    await Promise.all([ended, cluster.close()]);
  });

  async function targets(): Promise<readonly Target[]> {
    const response = await fetch(`${url}/api/v1/targets?state=active`).catch(() => undefined);
    if (response?.ok !== true) return [];
    const { data } = (await response.json()) as { data: { activeTargets: Target[] } };
    return data.activeTargets;
  }

  const scraped = async () =>
    (await targets())
      .filter(({ health }) => health === "up")
      .map(({ labels }) => labels.member)
      .sort();

  test("scrapes exactly the members that live, with labels from their tags", async () => {
    const poll = { timeout: 15_000, interval: 200 };
    await expect.poll(scraped, poll).toEqual(NAMES);
    expect((await targets())[0]?.labels).toMatchObject({ job: "hearsay", rack: "3" });
    await cluster.end(["n3"], "kill");
    await expect
      .poll(async () => (await targets()).map(({ labels }) => labels.member).sort(), poll)
      .toEqual(["n1", "n2"]);
  }, 40_000);
});
