import { setTimeout as pause } from "node:timers/promises";
import { connectControl } from "../../src/control/client.ts";

const SAMPLE_MS = 15;

export interface PhiSample {
  readonly phi: number;
  readonly silentMs: number;
}

export interface PhiWatch {
  /** The highest phi seen so far. */
  readonly highest: number;
  stop(): void;
}

/** Samples one node's phi for a member (it grows with time, there is no event to wait for) and tells each rise. */
export function watchPhi(
  api: string,
  member: string,
  onSample: (sample: PhiSample) => void,
): PhiWatch {
  const stopping = new AbortController();
  const client = connectControl(`http://${api}`, { signal: stopping.signal });
  let highest = 0;
  const sample = async () => {
    while (!stopping.signal.aborted) {
      const { members } = await client.members();
      const seen = members.find((each) => each.name === member);
      if (seen !== undefined && seen.phi !== null && seen.phi > highest) {
        highest = seen.phi;
        onSample({ phi: seen.phi, silentMs: seen.lastHeardMs ?? 0 });
      }
      await pause(SAMPLE_MS, undefined, { signal: stopping.signal });
    }
  };
  // The node may be ended while it is asked, and the end of the watch breaks off its last question.
  sample().catch(() => {});
  return {
    get highest() {
      return highest;
    },
    stop: () => {
      stopping.abort();
      client.close();
    },
  };
}
