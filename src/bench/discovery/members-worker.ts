import { createInterface } from "node:readline";
import { startDaemon } from "../../daemon/daemon.ts";
import { QUIET_LOG } from "../../daemon/daemon-log.ts";
import { resolveSettings } from "../../daemon/settings.ts";

/**
 * A process of many members that all offer `web`, for a benchmark: prints `{"seed": "host:port"}` once they all run, ends
 * with its parent. Their servers are only names: nobody connects to them.
 */
const [count = "1", profile = "lan"] = process.argv.slice(2);
const FIRST_PORT = 8001;

async function start(at: number, join: readonly string[]): Promise<string> {
  const name = `s${at + 1}`;
  const services = [`web:${FIRST_PORT + at}`];
  const flags = { name, bind: "127.0.0.1:0", profile, services, join };
  const settings = resolveSettings({ flags, env: {}, readFile: () => "" });
  const { ready } = await startDaemon({ ...settings, api: null }, { log: QUIET_LOG });
  return ready.address;
}

const seed = await start(0, []);
await Promise.all(Array.from({ length: Number(count) - 1 }, (_, at) => start(at + 1, [seed])));
process.stdout.write(`${JSON.stringify({ seed })}\n`);
createInterface({ input: process.stdin }).on("close", () => process.exit(0));
