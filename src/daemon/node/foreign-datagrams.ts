import { WireError } from "../../core/errors.ts";
import type { MessageCodec } from "../../host/node-host.ts";
import type { DaemonLog } from "../daemon-log.ts";

/**
 * `codec` with one warning for the first datagram of another cluster label and of another version. They are dropped and
 * counted like all others; but behind these is an operator who wonders why a node does not join.
 */
export function warnOfForeigners(
  codec: MessageCodec,
  cluster: string,
  log: DaemonLog,
): MessageCodec {
  const warned = new Set<string>();
  const advice: Readonly<Record<string, string>> = {
    label: `of another cluster (this one is "${cluster}"): a node with another --cluster sends to this address`,
    version:
      "of another version of the protocol: another version of hearsay, or another program, sends to this address",
  };
  return {
    encode: (message) => codec.encode(message),
    decode: (datagram) => {
      try {
        return codec.decode(datagram);
      } catch (error) {
        const reason = error instanceof WireError ? error.reason : "";
        const what = advice[reason];
        if (what !== undefined && !warned.has(reason)) {
          warned.add(reason);
          const told = `dropped a datagram ${what}; more of them are only counted, as "${reason}"`;
          log.note("warn", "foreign-datagram", told, { reason, dropped: 1 });
        }
        throw error;
      }
    },
  };
}
