import { plainFlags } from "../src/daemon/settings/flag-kinds.ts";
import { end, endWritten, guardProcess } from "./guard-process.ts";

/** Runs `hearsay start` where its words are plain, without loading the parser; false for all others. */
export async function startPlainly(words: readonly string[]): Promise<boolean> {
  const flags = plainFlags(words);
  if (flags === undefined) return false;
  guardProcess();
  try {
    const { runDaemon } = await import("./local/run-daemon.ts");
    await runDaemon(flags);
    return await endWritten();
  } catch (error) {
    return end(error);
  }
}
