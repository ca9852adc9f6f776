import { createInterface } from "node:readline";
import { startDaemon } from "../../daemon/daemon.ts";
import { QUIET_LOG } from "../../daemon/daemon-log.ts";
import { resolveSettings } from "../../daemon/settings.ts";

/**
 * A daemon for a benchmark, to which far more happens than gossip could bring: `member-changed` events of members that are none, as
 * many a second as each line of its input says. Prints `{"api": "http://…"}` once it runs, and ends with its parent.
 */
const [seed = ""] = process.argv.slice(2);
const TICK_MS = 5;

const flags = { name: "source", bind: "127.0.0.1:0", api: "127.0.0.1:0", join: [seed] };
const settings = resolveSettings({ flags, env: {}, readFile: () => "" });
const { ready, node } = await startDaemon(settings, { log: QUIET_LOG });
let perS = 0;
let due = 0;
let lastMs = performance.now();
setInterval(() => {
  const nowMs = performance.now();
  due += ((nowMs - lastMs) / 1000) * perS;
  lastMs = nowMs;
  for (; due >= 1; due--) happen();
}, TICK_MS);

function happen(): void {
  node.events.append(
    {
      kind: "member-changed",
      member: `member-${node.events.newest % 1000}`,
      ...{
        from: "alive",
        to: "suspect",
        incarnation: 1,
        by: "source",
        phi: 8.25,
        cause: "reported",
      },
      reason: "no answer to a ping, nor to those of three others",
    },
    new Date(),
  );
}

process.stdout.write(`${JSON.stringify({ api: ready.apiUrl })}\n`);
createInterface({ input: process.stdin })
  .on("line", (line) => {
    perS = Number(line);
  })
  .on("close", () => process.exit(0));
