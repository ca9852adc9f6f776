import { readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, test, vi } from "vitest";
import { obstacleToNamespaces } from "../../cli/scenario/own-namespace.ts";
import { identifyProcess } from "../../src/cluster/process/process-identity.ts";
import type { RunRecord } from "../../src/scenario/run-record.ts";
import { allPids, childrenOf } from "../processes.ts";
import { directoryOfFile } from "../temporary-directory.ts";
import { runHearsay, spawnHearsay } from "./run-hearsay.ts";

const CRASH_ONE = "scenarios/crash-one.yaml";
/** Ten seconds at leisure; a machine with much to do may need more. */
const RUN_MS = 60_000;
const obstacle = obstacleToNamespaces();
const directory = directoryOfFile();

// In CI this is root, and must not be skipped in silence.
const isSkipped = obstacle !== undefined && process.env.CI === undefined;
describe.skipIf(isSkipped)(
  `network namespaces${isSkipped ? `: ${obstacle}` : ""}`,
  { timeout: RUN_MS },
  () => {
    test("a crash on another host is known by the wires that end", async () => {
      const record = await recordOf("run", "--netns", CRASH_ONE);
      expect(record.failure).toBeNull();
      expect(causesOfDeath(record)).toContainEqual("crash");
    });

    test("and as soon behind a firewall that drops ICMP", async () => {
      const record = await recordOf("run", "--netns", "--drop-icmp", CRASH_ONE);
      expect(record.failure).toBeNull();
      expect(causesOfDeath(record)).toContainEqual("crash");
    });

    test("by UDP alone it is known by its kernel's refusal", async () => {
      const record = await recordOf("run", "--netns", byUdpAlone("refused"));
      expect(record.failure).toBeNull();
      expect(causesOfDeath(record)).toContainEqual("refusal");
    });

    test("and behind such a firewall it is a silence, and found all the same", async () => {
      const record = await recordOf("run", "--netns", "--drop-icmp", byUdpAlone("silence"));
      expect(record.failure).toBeNull();
      expect(causesOfDeath(record)).not.toContainEqual("refusal");
      expect(record.figures.detect.p50).toBeGreaterThan(2000);
    });

    test("nothing is left of a run that is killed: no process, no namespace", async () => {
      const file = join(directory, "long.yaml");
      const steps = [
        "start: all",
        "partition: [[a], [b, c]]\n    for: 60s\n    during:\n      - wait: 50s",
      ];
      const list = steps.map((step) => `  - ${step}\n`).join("");
      writeFileSync(
        file,
        `name: long\nnodes: [a, b, c]\nconfig: { profile: local }\nsteps:\n${list}`,
      );
      const run = spawnHearsay(["run", "--netns", file]);
      const lines = createInterface({ input: run.stderr as NodeJS.ReadableStream });
      for await (const line of lines) if (line.includes("partition")) break;
      const inside = descendantsOf(run.pid ?? 0);
      const held = [...new Set(inside.map(({ pid }) => namespaceOf(pid)))].filter(
        (namespace) => namespace !== undefined,
      );
      // The command itself once more, and of each node the daemon and the holder of its namespace.
      expect(inside).toHaveLength(7);
      expect(held).toHaveLength(4);
      run.kill("SIGKILL");
      const isLeft = () =>
        inside.some(({ pid, start }) => identifyProcess(pid)?.start === start) ||
        allPids().some((pid) => held.includes(namespaceOf(pid) ?? ""));
      await vi.waitUntil(() => !isLeft(), { timeout: 8000, interval: 20 });
    });
  },
);

test("where it cannot be, that is said in one line", async () => {
  const { exitCode, stderr } = await runHearsay(["run", "--netns", CRASH_ONE], {
    PATH: "/nowhere",
  });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^hearsay: --netns: .*\n$/);
});

async function recordOf(...words: string[]): Promise<RunRecord> {
  const { stdout, stderr } = await runHearsay([...words, "--json"], {}, RUN_MS);
  expect(stdout, stderr).not.toBe("");
  return JSON.parse(stdout) as RunRecord;
}

/** The crash of one where only datagrams tell, with the patience that a silence needs. */
function byUdpAlone(kind: "refused" | "silence"): string {
  const file = join(directory, `${kind}.yaml`);
  const patient = readFileSync(CRASH_ONE, "utf8")
    .replace("profile: lan", "profile: lan, wires: false, spies: false")
    .replace("[crashed, refused]", kind)
    .replaceAll(/(within: |< )\ds/g, (_, before: string) => `${before}8s`);
  writeFileSync(file, patient);
  return file;
}

function causesOfDeath({ beliefs }: RunRecord): string[] {
  return beliefs.filter(({ to }) => to === "dead").map(({ cause }) => cause);
}

/** Everything that a process started, and what that started. */
function descendantsOf(pid: number): { readonly pid: number; readonly start: string }[] {
  return childrenOf(pid).flatMap((child) => {
    const start = identifyProcess(child)?.start;
    return [...(start === undefined ? [] : [{ pid: child, start }]), ...descendantsOf(child)];
  });
}

/** Undefined where it has ended: a process may do so between two looks. */
function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}
