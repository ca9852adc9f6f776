import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { connectControl } from "../../src/control/client.ts";
import { LocalCluster } from "./local-cluster.ts";
import { ENTRY } from "./run-hearsay.ts";

test.each([1, 2])(
  "commands of a daemon that %i signals end do not outlive it",
  async (signals) => {
    const directory = mkdtempSync(join(tmpdir(), "hearsay-children-"));
    const stubborn = `trap '' TERM; : > ${directory}/$$; while true; do sleep 1; done`;
    const cluster = new LocalCluster({ entry: ENTRY, extra: ["--on-query", `wait=${stubborn}`] });
    try {
      const daemon = await cluster.start("n1");
      const client = connectControl(`http://${daemon.bound?.api}`);
      const asked = client.ask({ name: "wait" }).catch(() => undefined);
      await vi.waitUntil(() => readdirSync(directory).length > 0, { timeout: 10_000 });
      for (let sent = 0; sent < signals; sent++) daemon.signal("SIGTERM");
      await daemon.ended;
      await asked;
      client.close();
      const [pid] = readdirSync(directory);
      await vi.waitUntil(() => !existsSync(`/proc/${pid}`), { timeout: 5_000 });
      expect(pid).toMatch(/^\d+$/);
    } finally {
      await cluster.endAll();
      rmSync(directory, { recursive: true });
    }
  },
  30_000,
);
