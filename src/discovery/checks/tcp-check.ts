import { connect } from "node:net";
import { type CheckOutcome, outcomeOfError } from "./check-outcome.ts";

/** Connects once; that it comes about is all that is asked. */
export function runTcpCheck(
  { host, port }: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<CheckOutcome> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, signal });
    socket.on("error", (error) => resolve(outcomeOfError(error)));
    socket.on("connect", () => {
      socket.destroy();
      resolve({ result: "passed", output: "connected" });
    });
  });
}
