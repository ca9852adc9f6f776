import { loadDashboard } from "./dashboard/load.ts";
import { UsageError } from "./errors.ts";
import type { AttachArgs } from "./options.ts";
import { openOutput } from "./output.ts";
import { chooseTarget } from "./session.ts";

/** What `hearsay dashboard` was asked for. */
export interface DashboardArgs extends Omit<AttachArgs, "json"> {
  readonly record?: string | undefined;
  readonly snapshot: boolean;
}

/** The dashboard on the node that the arguments name; one frame of it where there is no terminal. */
export async function openDashboard(args: DashboardArgs): Promise<void> {
  const { ascii, record: recordPath, snapshot } = args;
  const target = await chooseTarget(args);
  const output = openOutput({ ascii });
  const isLive = output.isTerminal && process.stdin.isTTY && !snapshot;
  if (recordPath !== undefined && !isLive) {
    throw new UsageError("--record: only what is shown on a terminal can be recorded");
  }
  const { runDashboard, printSnapshot } = await loadDashboard();
  if (isLive) await runDashboard({ target, style: output.style, recordPath });
  else await printSnapshot(target, output);
}
