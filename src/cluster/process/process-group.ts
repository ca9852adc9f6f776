import type { OwnedProcess } from "./owned-process.ts";

/** Processes that are ended together. */
export interface ProcessGroup {
  add(owned: OwnedProcess): void;
  /** Ends every process, frozen ones too, and waits until none runs. */
  endAll(): Promise<void>;
}

/** A group whose processes are killed when this process exits, whatever made it exit. */
export function createProcessGroup(): ProcessGroup {
  const running = new Set<OwnedProcess>();
  const killAll = () => {
    for (const owned of running) owned.signal("SIGKILL");
  };
  process.once("exit", killAll);
  return {
    add: (owned) => {
      running.add(owned);
      void owned.ended.then(() => running.delete(owned));
    },
    endAll: async () => {
      const ends = [...running].map((owned) => owned.ended);
      killAll();
      await Promise.all(ends);
      process.removeListener("exit", killAll);
    },
  };
}
