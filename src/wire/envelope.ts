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
import { SEAL_HEAD_BYTES, SEAL_TAG_BYTES, type Seal } from "./seal.ts";

/** Version of everything in a datagram. Another one is dropped; additions within it are trailing array elements. */
export const WIRE_VERSION = 1;

// How the payload is protected: not at all, or sealed under a key.
const MODE_PLAIN = 0;
const MODE_SEALED = 1;

const MODE_AT = 1;

/** Where the start id lies in every frame: who seals it derives a key from that. */
export const START_ID_AT = 2;

/** Where the counter lies in every frame: who seals it makes a nonce of that. */
export const COUNTER_AT = START_ID_AT + START_ID_BYTES;

const LABEL_AT = COUNTER_AT + 4;

/** What surrounds a payload: version, mode, start id and counter in the clear, cluster label, and the seal if there is one. */
export interface Envelope {
  /** Whether what is sent now is sealed. */
  readonly isSealed: boolean;
  /** Bytes before the payload of what is sent now. */
  readonly headBytes: number;
  /** Bytes behind it. */
  readonly tailBytes: number;
  /** Puts the envelope around a payload that lies in its place already. */
  write(frame: Uint8Array, startId: StartId, counter: number): void;
  /** Throws WireError `too-short`, `too-long`, `version`, `mode`, `label`, `plaintext`, `key`, `old-key` or `seal`. */
  open(frame: Uint8Array): OpenedEnvelope;
}

/** A datagram whose envelope was accepted. */
export interface OpenedEnvelope {
  readonly startId: StartId;
  readonly counter: number;
  /** Whether the sender has a key. */
  readonly isSealed: boolean;
  /** A view into the datagram, or what was decrypted. */
  readonly payload: Uint8Array;
}

/** @throws ConfigError for a label that is not 1 to 64 of `A-Z a-z 0-9 . _ -` */
export function createEnvelope(clusterLabel: string, seal?: Seal): Envelope {
  if (!isClusterLabel(clusterLabel)) {
    throw new ConfigError(
      `cluster: "${clusterLabel}" is not a cluster label; it must be 1 to ${LABEL_BYTES_MAX} of A-Z a-z 0-9 . _ -`,
    );
  }
  const text = utf8Bytes(clusterLabel);
  const label = Uint8Array.of(text.length, ...text);
  const clearBytes = LABEL_AT + label.length;
  const sealsWith = () => (seal?.sendsSealed === true ? seal : undefined);
  return {
    get isSealed() {
      return sealsWith() !== undefined;
    },
    get headBytes() {
      return clearBytes + (sealsWith() === undefined ? 0 : SEAL_HEAD_BYTES);
    },
    get tailBytes() {
      return sealsWith() === undefined ? 0 : SEAL_TAG_BYTES;
    },
    write(frame, startId, counter) {
      const sealing = sealsWith();
      frame[0] = WIRE_VERSION;
      frame[MODE_AT] = sealing === undefined ? MODE_PLAIN : MODE_SEALED;
      writeStartId(frame, START_ID_AT, startId);
      writeUint32(frame, COUNTER_AT, counter);
      frame.set(label, LABEL_AT);
      sealing?.close(frame, clearBytes);
    },
    open(frame) {
      const mode = checkStart(frame);
      checkLabel(frame, label);
      const isSealed = mode === MODE_SEALED;
      return {
        startId: readStartId(frame, START_ID_AT),
        counter: readUint32(frame, COUNTER_AT),
        isSealed,
        payload: isSealed ? unseal(frame, clearBytes, seal) : plainPayload(frame, clearBytes, seal),
      };
    },
  };
}

function plainPayload(frame: Uint8Array, headBytes: number, seal: Seal | undefined): Uint8Array {
  if (seal?.takesPlain === false) throw new WireError("plaintext");
  if (frame.length === headBytes) throw new WireError("too-short", "no payload");
  return frame.subarray(headBytes);
}

function unseal(frame: Uint8Array, headBytes: number, seal: Seal | undefined): Uint8Array {
  // Without any key, this is sealed under one that is not held here.
  if (seal === undefined) throw new WireError("key");
  if (frame.length <= headBytes + SEAL_HEAD_BYTES + SEAL_TAG_BYTES) {
    throw new WireError("too-short", "no payload");
  }
  return seal.open(frame, headBytes);
}

function checkStart(frame: Uint8Array): number {
  if (frame.length > DATAGRAM_BYTES_MAX) throw new WireError("too-long");
  if (frame.length === 0) throw new WireError("too-short");
  if (frame[0] !== WIRE_VERSION) throw new WireError("version");
  if (frame.length <= LABEL_AT) throw new WireError("too-short");
  const mode = frame[MODE_AT] ?? MODE_PLAIN;
  if (mode > MODE_SEALED) throw new WireError("mode");
  return mode;
}

// Only a datagram that ends inside its own label is too short; one that carries another label says so.
function checkLabel(frame: Uint8Array, label: Uint8Array): void {
  const end = LABEL_AT + 1 + (frame[LABEL_AT] ?? 0);
  if (frame.length < end) throw new WireError("too-short");
  for (let i = 0; i < label.length; i++) {
    if (frame[LABEL_AT + i] !== label[i]) throw new WireError("label");
  }
}
