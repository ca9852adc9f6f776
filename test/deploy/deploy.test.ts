import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { z } from "zod";
import { checkSettingsFile } from "../../src/daemon/settings/settings-file.ts";
import { resolveSettings } from "../../src/daemon/settings.ts";
import { createKeyFile } from "../../src/keys/key-file.ts";
import { openApi } from "../control/api.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const DEPLOY = fileURLToPath(new URL("../../docs/deploy", import.meta.url));
const read = (file: string): string => readFileSync(join(DEPLOY, file), "utf8");

// In CI both are installed (.ci/run); elsewhere: apt-get install systemd prometheus.
const lacks = (program: string): boolean =>
  process.env.CI === undefined && spawnSync(program, ["--version"]).error !== undefined;

function run(program: string, words: readonly string[], cwd = DEPLOY) {
  const { status, stdout, stderr } = spawnSync(program, words, { cwd, encoding: "utf8" });
  return { status, said: `${stdout}${stderr}` };
}

test.skipIf(lacks("systemd-analyze"))(
  "systemd finds nothing wrong with the unit, and little that it could do beside its work",
  () => {
    const file = join(temporaryDirectory(), "hearsay.service");
    // The command need not be installed here.
    writeFileSync(
      file,
      read("systemd/hearsay.service").replace("/usr/bin/hearsay", process.execPath),
    );
    expect(run("systemd-analyze", ["verify", file])).toEqual({ status: 0, said: "" });
    const { said } = run("systemd-analyze", ["security", "--offline=yes", "--threshold=20", file]);
    expect(said).toMatch(/Overall exposure level for hearsay.service: 1\.\d OK/);
  },
);

test("the settings of the unit are settings", () => {
  const keyFile = join(temporaryDirectory(), "cluster.key");
  createKeyFile(keyFile);
  const env = { HEARSAY_KEY_FILE: keyFile };
  const checked = checkSettingsFile("hearsay.yaml", {
    env,
    readFile: () => read("systemd/hearsay.yaml"),
  });
  expect(checked.mistakes).toEqual([]);
});

test.skipIf(lacks("promtool"))(
  "promtool finds nothing wrong with the rules, and they alert when they should",
  () => {
    const cwd = join(DEPLOY, "prometheus");
    for (const words of [
      ["check", "rules", "hearsay-rules.yml"],
      ["test", "rules", "hearsay-rules-test.yml"],
      ["check", "config", "prometheus.yml"],
    ]) {
      const { status, said } = run("promtool", words, cwd);
      expect(status, said).toBe(0);
    }
  },
);

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly gridPos: Readonly<Record<"x" | "y" | "w" | "h", number>>;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly query: string }[] };
}

const dashboard = (): Dashboard => JSON.parse(read("grafana/dashboard.json")) as Dashboard;

/** Its queries, with what Grafana fills in. */
function queries(): string[] {
  const { panels } = dashboard();
  const written = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  return written.map((expr) => expr.replaceAll("$__rate_interval", "1m"));
}

test("the dashboard is as its schema says, and its panels neither overlap nor share an id", () => {
  const schema = JSON.parse(read("grafana/dashboard.schema.json"));
  expect(z.fromJSONSchema(schema).safeParse(dashboard()).error).toBeUndefined();
  const { panels } = dashboard();
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
});

test.skipIf(lacks("promtool"))("promtool reads each query of the dashboard", () => {
  const rules = queries().map((expr, at) => ({ record: `dashboard:${at}`, expr }));
  const file = join(temporaryDirectory(), "dashboard.json");
  writeFileSync(file, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
  const { status, said } = run("promtool", ["check", "rules", file]);
  expect(status, said).toBe(0);
});

test("every metric that the alerts and the dashboard ask for is one of a node", async () => {
  const { client } = await openApi();
  const page = await client.metrics();
  const known = new Set([...page.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  const { list } = dashboard().templating;
  const asking = [
    read("prometheus/hearsay-rules.yml"),
    ...queries(),
    ...list.map(({ query }) => query),
  ];
  const asked = asking.flatMap((text) =>
    [...text.matchAll(/\b(?:hearsay|process|nodejs)_[a-z_0-9]+/g)].map(([name]) => name),
  );
  expect(new Set(asked).size).toBeGreaterThan(20);
  // hearsay resolve and the like stand in the descriptions of the alerts.
  expect([...new Set(asked)].filter((name) => !known.has(name))).toEqual([]);
});

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}
interface Container {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
}

test("the environment of the pod is accepted as settings, and its ports and probes fit them", () => {
  const documents = parseAllDocuments(read("kubernetes/hearsay.yaml"));
  expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
  const [service, , set] = documents.map((document) => document.toJS());
  const [container] = set.spec.template.spec.containers as [Container];
  const pod: Record<string, string> = {
    POD_IP: "10.1.2.3",
    NODE_NAME: "worker-7",
    HEARSAY_NAME: "hearsay-0",
  };
  for (const { name, value } of container.env) {
    if (value === undefined) continue;
    pod[name] = value.replaceAll(/\$\((\w+)\)/g, (_, known: string) => pod[known] ?? "?");
  }
  const settings = resolveSettings({ flags: {}, env: pod, readFile: () => "", interfaces: {} });
  expect(settings).toMatchObject({
    name: "hearsay-0",
    bind: { host: "10.1.2.3", port: 7946 },
    join: [{ host: "hearsay", port: 7946 }],
    tags: { "k8s-node": "worker-7" },
    insecure: false,
  });
  expect(container.args).toEqual(["start"]);
  const ports = container.ports.map(({ name, containerPort }) => [name, containerPort]);
  expect(ports).toEqual(
    service.spec.ports.map((each: { name: string; port: number }) => [each.name, each.port]),
  );
  const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe];
  expect(probes.map(({ httpGet }) => [httpGet.path, httpGet.port])).toEqual([
    ["/healthz", "api"],
    ["/healthz", "api"],
    ["/readyz", "api"],
  ]);
  expect(set.spec.selector.matchLabels).toEqual(service.spec.selector);
  expect(set.spec.serviceName).toBe(service.metadata.name);
});

test("the settings of Prometheus and the tests of its rules are YAML that names files that exist", () => {
  for (const file of ["prometheus.yml", "hearsay-rules-test.yml"]) {
    const { rule_files: files } = parse(read(`prometheus/${file}`)) as { rule_files: string[] };
    for (const each of files) expect(read(`prometheus/${each}`)).toMatch(/^groups:/m);
  }
});
