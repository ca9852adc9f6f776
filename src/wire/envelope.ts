import { ConfigError, WireError } from "../core/errors.ts";
import type { StartId } from "../core/member.ts";
import { utf8Bytes } from "../core/primitives/utf8.ts";
import {
  readStartId,
  readUint32,
  START_ID_BYTES,
  writeStartId,
  writeUint32,
} from "./fixed-bytes.ts";
import { DATAGRAM_BYTES_MAX, isClusterLabel, LABEL_BYTES_MAX } from "./limits.ts";

/** Version of everything in a datagram. Another one is dropped; additions within it are trailing array elements. */
export const WIRE_VERSION = 1;

// How the rest of the datagram is protected. Only "not at all" exists so far; docs/protocol.md keeps the place of the
// others, for which start id and counter lie in the clear.
const MODE_PLAIN = 0;

const MODE_AT = 1;
const START_ID_AT = 2;
const COUNTER_AT = START_ID_AT + START_ID_BYTES;
const LABEL_AT = COUNTER_AT + 4;

/** What surrounds a payload: version, mode, start id and counter in the clear, cluster label. */
export interface Envelope {
  /** Bytes before the payload. */
  readonly bytes: number;
  write(datagram: Uint8Array, startId: StartId, counter: number): void;
  /** Throws WireError `too-short`, `too-long`, `version`, `mode` or `label`. */
  open(datagram: Uint8Array): OpenedEnvelope;
}

/** A datagram whose envelope was accepted. */
export interface OpenedEnvelope {
  readonly startId: StartId;
  readonly counter: number;
  /** A view into the datagram. */
  readonly payload: Uint8Array;
}

/** @throws ConfigError for a label that is not 1 to 64 of `A-Z a-z 0-9 . _ -` */
export function createEnvelope(clusterLabel: string): Envelope {
  if (!isClusterLabel(clusterLabel)) {
    throw new ConfigError(
      `cluster: "${clusterLabel}" is not a cluster label; it must be 1 to ${LABEL_BYTES_MAX} of A-Z a-z 0-9 . _ -`,
    );
  }
  const text = utf8Bytes(clusterLabel);
  const label = Uint8Array.of(text.length, ...text);
  const bytes = LABEL_AT + label.length;
  return {
    bytes,
    write(datagram, startId, counter) {
      datagram[0] = WIRE_VERSION;
      datagram[MODE_AT] = MODE_PLAIN;
      writeStartId(datagram, START_ID_AT, startId);
      writeUint32(datagram, COUNTER_AT, counter);
      datagram.set(label, LABEL_AT);
    },
    open(datagram) {
      checkStart(datagram);
      checkLabel(datagram, label);
      if (datagram.length === bytes) throw new WireError("too-short", "no payload");
      return {
        startId: readStartId(datagram, START_ID_AT),
        counter: readUint32(datagram, COUNTER_AT),
        payload: datagram.subarray(bytes),
      };
    },
  };
}

function checkStart(datagram: Uint8Array): void {
  if (datagram.length > DATAGRAM_BYTES_MAX) throw new WireError("too-long");
  if (datagram.length === 0) throw new WireError("too-short");
  if (datagram[0] !== WIRE_VERSION) throw new WireError("version");
  if (datagram.length <= LABEL_AT) throw new WireError("too-short");
  if (datagram[MODE_AT] !== MODE_PLAIN) throw new WireError("mode");
}

// Only a datagram that ends inside its own label is too short; one that carries another label says so.
function checkLabel(datagram: Uint8Array, label: Uint8Array): void {
  const end = LABEL_AT + 1 + (datagram[LABEL_AT] ?? 0);
  if (datagram.length < end) throw new WireError("too-short");
  for (let i = 0; i < label.length; i++) {
    if (datagram[LABEL_AT + i] !== label[i]) throw new WireError("label");
  }
}
