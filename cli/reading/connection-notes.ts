import { localTime } from "../../src/text/quantities.ts";
import type { Output } from "../output.ts";

/** Says once that the node stopped answering and that it is awaited, and once that it is back. */
export class ConnectionNotes {
  private readonly output: Output;
  private isLost = false;

  constructor(output: Output) {
    this.output = output;
  }

  /** `why` is the sentence of the failure. */
  lost(why: string): void {
    if (this.isLost) return;
    this.isLost = true;
    this.output.talk(`${localTime()}  ${why.split(";")[0]}; waiting for it`);
  }

  back(): void {
    if (!this.isLost) return;
    this.isLost = false;
    this.output.talk(`${localTime()}  the node answers again`);
  }
}

/** Makes a stream of the client dial again whenever its node is lost, with a word about each. */
export function dialAgain(output: Output) {
  const notes = new ConnectionNotes(output);
  const onConnection = ({ error }: { readonly error?: Error | undefined }) =>
    error === undefined ? notes.back() : notes.lost(error.message);
  return { reconnect: true, onConnection };
}
