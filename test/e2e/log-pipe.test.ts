import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { connectControl } from "../../src/control/client.ts";
import { spawnHearsay } from "./run-hearsay.ts";

interface Line {
  readonly event: string;
  readonly api?: string;
  readonly dropped?: number;
}

const START = ["start", "--name", "a", "--bind", "127.0.0.1:0", "--api", "127.0.0.1:0"];

test("a daemon whose log nobody reads goes on, counts what it dropped, and tells it to the next reader", async () => {
  const child = spawnHearsay([...START, "--log", "json", "--allow-faults"]);
  const { stderr } = child;
  if (stderr === null) throw new Error("no pipe");
  const lines: Line[] = [];
  const reader = createInterface(stderr).on("line", (line) => lines.push(JSON.parse(line)));
  while (!lines.some(({ event }) => event === "ready")) await once(reader, "line");
  const url = `http://${lines.find(({ event }) => event === "ready")?.api}`;
  stderr.pause();
  const client = connectControl(url);
  /** The log has a line about each. */
  const tell = () => client.stall(1);
  let dropped = 0;
  while (dropped === 0) {
    for (let i = 0; i < 100; i++) await tell();
    const metrics = await client.metrics();
    dropped = Number(metrics.match(/^hearsay_log_lines_dropped_total (\d+)$/m)?.[1]);
  }
  stderr.resume();
  while (!lines.some(({ event }) => event === "log-lines-dropped")) await tell();
  const told = lines.find(({ event }) => event === "log-lines-dropped");
  expect(told?.dropped).toBeGreaterThanOrEqual(dropped);
  client.close();
  child.kill("SIGTERM");
  const [exitCode] = await once(child, "close");
  expect(exitCode).toBe(0);
}, 30_000);
