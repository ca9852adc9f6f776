import { type LaunchedDaemon, type LaunchOptions, launchDaemon } from "./launched-daemon.ts";
import type { DaemonSpec } from "./program.ts";

/** Daemons that are started and ended together. */
export interface DaemonGroup {
  /** Those that run, in the order of their start. */
  readonly running: readonly LaunchedDaemon[];
  launch(spec: DaemonSpec): LaunchedDaemon;
  /** Ends every daemon, frozen ones too, and waits until none runs. */
  endAll(): Promise<void>;
}

/** A group whose daemons are killed when this process exits, whatever made it exit. */
export function createDaemonGroup(options: LaunchOptions): DaemonGroup {
  const daemons = new Set<LaunchedDaemon>();
  const killAll = () => {
    for (const daemon of daemons) daemon.signal("SIGKILL");
  };
  process.once("exit", killAll);
  return {
    get running() {
      return [...daemons];
    },
    launch: (spec) => {
      const daemon = launchDaemon(spec, options);
      daemons.add(daemon);
      void daemon.ended.then(() => daemons.delete(daemon));
      return daemon;
    },
    endAll: async () => {
      const ends = [...daemons].map((daemon) => daemon.ended);
      killAll();
      await Promise.all(ends);
      process.removeListener("exit", killAll);
    },
  };
}
