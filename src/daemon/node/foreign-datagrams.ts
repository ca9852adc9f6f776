import { WireError } from "../../core/errors.ts";
import type { MessageCodec } from "../../host/node-host.ts";
import type { DaemonLog } from "../daemon-log.ts";
import type { DaemonSettings } from "../settings.ts";

/**
 * `codec` with one warning for the first datagram of each kind behind which is an operator who wonders why a node does
 * not join: another cluster label, another version, a key that does not fit. They are dropped and counted like all others.
 */
export function warnOfForeigners(
  codec: MessageCodec,
  settings: Pick<DaemonSettings, "cluster" | "keyFile">,
  log: DaemonLog,
): MessageCodec {
  const warned = new Set<string>();
  const advice = adviceFor(settings);
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

function adviceFor({
  cluster,
  keyFile,
}: Pick<DaemonSettings, "cluster" | "keyFile">): Readonly<Record<string, string>> {
  return {
    label: `of another cluster (this one is "${cluster}"): a node with another --cluster sends to this address`,
    version:
      "of another version of the protocol: another version of hearsay, or another program, sends to this address",
    key:
      keyFile === null
        ? "that is encrypted, and this node has no key: give it the cluster's keys with --key-file"
        : "that is encrypted with a key that this node does not have: either this node missed a change of keys, or the sender is a stranger; if it is of this cluster, give both the present key file",
    "old-key":
      "that is encrypted with a key that this node had and gave up: the sender missed a change of keys; give it the present key file",
    seal: "that was not made with this cluster's key, or was changed in transit",
    plaintext:
      "that is not encrypted: its sender has no --key-file, or is set to send in the clear (--gossip-encryption accept)",
  };
}
