import { connect } from "node:net";
import { type CheckOutcome, type CheckRun, outcomeOfError } from "./check-outcome.ts";
import { noteResolving } from "./resolving.ts";

/** Connects once; that it comes about is all that is asked. */
export function runTcpCheck(
  { host, port }: { readonly host: string; readonly port: number },
  run: CheckRun,
): Promise<CheckOutcome> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, signal: run.signal });
    noteResolving(run, host, socket);
    socket.on("error", (error) => resolve(outcomeOfError(error)));
    socket.on("connect", () => {
      socket.destroy();
      resolve({ result: "passed", output: "connected" });
    });
  });
}
