import { isIP, type Socket } from "node:net";
import type { CheckRun } from "./check-outcome.ts";

/** Has `run` know that `socket`, which is about to connect to `host`, waits for the address of that name, and until when. */
export function noteResolving(run: CheckRun, host: string, socket: Socket): void {
  if (isIP(host) !== 0) return;
  run.isResolving = true;
  socket.once("lookup", () => {
    run.isResolving = false;
  });
}
