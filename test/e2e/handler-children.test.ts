import { existsSync, readdirSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { temporaryDirectory } from "../temporary-directory.ts";
import { localCluster } from "./local-cluster.ts";

test.each([1, 2])(
  "commands of a daemon that %i signals end do not outlive it",
  async (signals) => {
    const directory = temporaryDirectory();
    const stubborn = `trap '' TERM; : > ${directory}/$$; while true; do sleep 1; done`;
    const cluster = localCluster(["n1"], ["--on-query", `wait=${stubborn}`]);
    try {
      const { client, pid: daemon } = await cluster.startOne("n1");
      const asked = client.ask({ name: "wait" }).catch(() => undefined);
      await vi.waitUntil(() => readdirSync(directory).length > 0, { timeout: 10_000 });
      for (let sent = 0; sent < signals; sent++) process.kill(daemon, "SIGTERM");
      await cluster.until(() => cluster.viewers().length === 0, 10_000);
      await asked;
      const [pid] = readdirSync(directory);
      await vi.waitUntil(() => !existsSync(`/proc/${pid}`), { timeout: 5_000 });
      expect(pid).toMatch(/^\d+$/);
    } finally {
      await cluster.close();
    }
  },
  30_000,
);
