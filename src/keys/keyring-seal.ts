import { createCipheriv, createDecipheriv, hash, randomBytes } from "node:crypto";
import { WireError } from "../core/errors.ts";
import { COUNTER_AT, START_ID_AT } from "../wire/envelope.ts";
import { readStartId, readUint32 } from "../wire/fixed-bytes.ts";
import { DATAGRAM_BYTES_MAX } from "../wire/limits.ts";
import { SEAL_HEAD_BYTES, SEAL_TAG_BYTES, type Seal } from "../wire/seal.ts";
import { type ClusterKey, KEY_BYTES, KEY_ID_BYTES } from "./cluster-key.ts";
import { DerivedKeys } from "./derived-keys.ts";
import type { Keyring } from "./keyring.ts";

const CIPHER = "aes-256-gcm";
const SALT_BYTES = 8;
const NONCE_BYTES = 12;
const COUNTER_BYTES = 4;
const REST_BYTES = NONCE_BYTES - COUNTER_BYTES;

/** What sealed frames are: a key for one kind opens nothing of the other. */
export type SealPurpose = "datagram" | "hello";

/** What a seal is made of. */
export interface KeyringSealOptions {
  readonly keyring: Keyring;
  readonly purpose: SealPurpose;
  /** Fresh random bytes; given by tests alone. */
  readonly freshSalt?: () => Uint8Array;
}

/** What frames are sealed with, until the counter begins anew, or the start id or the cluster key is another. */
interface Sealing {
  readonly clusterKey: ClusterKey;
  readonly startId: string;
  readonly salt: Uint8Array;
  readonly key: Uint8Array;
  /** The nonce key, and room for a frame behind it. */
  readonly nonceInput: Uint8Array;
  lastCounter: number;
}

/**
 * Seals frames with AES-256-GCM under keys that each run of a member derives from the cluster's key, its start id
 * and a salt of its own (docs/protocol.md §17).
 *
 * A nonce must never be used twice for two contents. The first third is the frame's counter: it is unique within a
 * run, and where it does not grow, a new salt makes a new key. The rest is a keyed hash of the content. It
 * is for a machine that goes back to a snapshot while this process runs: then memory, counters and random numbers
 * repeat, and only the content differs.
 */
export class KeyringSeal implements Seal {
  private readonly keyring: Keyring;
  private readonly purpose: SealPurpose;
  private readonly freshSalt: () => Uint8Array;
  private readonly opening: DerivedKeys;
  private sealing: Sealing | undefined;

  constructor({ keyring, purpose, freshSalt }: KeyringSealOptions) {
    this.keyring = keyring;
    this.purpose = purpose;
    this.freshSalt = freshSalt ?? (() => randomBytes(SALT_BYTES));
    this.opening = new DerivedKeys(purpose);
  }

  get sendsSealed(): boolean {
    return this.keyring.encryption !== "accept";
  }

  get takesPlain(): boolean {
    return this.keyring.encryption !== "require";
  }

  close(frame: Uint8Array, headBytes: number): void {
    const at = placesIn(frame, headBytes);
    const { clusterKey, salt, key, nonceInput } = this.sealingOf(frame);
    frame.set(Buffer.from(clusterKey.id, "hex"), at.keyId);
    frame.set(salt, at.salt);
    const payload = frame.subarray(at.payload, at.tag);
    frame.set(nonceRest(nonceInput, frame.subarray(0, headBytes), payload), at.nonceRest);
    const cipher = createCipheriv(CIPHER, key, nonceOf(frame, at.nonceRest));
    cipher.setAAD(frame.subarray(0, at.payload));
    frame.set(cipher.update(payload), at.payload);
    cipher.final();
    frame.set(cipher.getAuthTag(), at.tag);
  }

  open(frame: Uint8Array, headBytes: number): Uint8Array {
    const at = placesIn(frame, headBytes);
    const keyId = hexOf(frame, at.keyId, at.salt);
    const clusterKey = this.keyring.find(keyId);
    if (clusterKey === undefined) {
      throw new WireError(this.keyring.hasRetired(keyId) ? "old-key" : "key");
    }
    const salt = frame.subarray(at.salt, at.nonceRest);
    const found = this.opening.find(clusterKey, salt, startIdIn(frame));
    const decipher = createDecipheriv(CIPHER, found.key, nonceOf(frame, at.nonceRest), {
      authTagLength: SEAL_TAG_BYTES,
    });
    decipher.setAAD(frame.subarray(0, at.payload));
    decipher.setAuthTag(frame.subarray(at.tag));
    const payload = decipher.update(frame.subarray(at.payload, at.tag));
    try {
      decipher.final();
    } catch {
      throw new WireError("seal");
    }
    this.opening.keep(found);
    this.keyring.recordOpened(keyId);
    return payload;
  }

  /** What to seal this frame with: a key under which its counter was not used yet. */
  private sealingOf(frame: Uint8Array): Sealing {
    const clusterKey = this.keyring.primary;
    const startId = readStartId(frame, START_ID_AT);
    const counter = readUint32(frame, COUNTER_AT);
    const before = this.sealing;
    if (
      before === undefined ||
      before.clusterKey !== clusterKey ||
      before.startId !== startId ||
      counter <= before.lastCounter
    ) {
      const salt = this.freshSalt();
      const context = Buffer.concat([salt, startIdIn(frame)]);
      this.sealing = {
        ...{ clusterKey, startId, salt, lastCounter: counter },
        key: clusterKey.derive(this.purpose, context),
        nonceInput: withRoomForFrame(clusterKey.derive(`${this.purpose} nonce`, context)),
      };
      return this.sealing;
    }
    before.lastCounter = counter;
    return before;
  }
}

function placesIn(frame: Uint8Array, headBytes: number) {
  const salt = headBytes + KEY_ID_BYTES;
  const nonceRest = salt + SALT_BYTES;
  const payload = headBytes + SEAL_HEAD_BYTES;
  return { keyId: headBytes, salt, nonceRest, payload, tag: frame.length - SEAL_TAG_BYTES };
}

function withRoomForFrame(nonceKey: Uint8Array): Uint8Array {
  const input = new Uint8Array(KEY_BYTES + DATAGRAM_BYTES_MAX);
  input.set(nonceKey);
  return input;
}

/** The keyed hash of a frame's content. No new buffers: their collection would cost more than the hash. */
function nonceRest(input: Uint8Array, head: Uint8Array, payload: Uint8Array): Uint8Array {
  input.set(head, KEY_BYTES);
  input.set(payload, KEY_BYTES + head.length);
  const length = KEY_BYTES + head.length + payload.length;
  REST.write(hash("sha256", input.subarray(0, length), "hex"), "hex");
  return REST;
}

/** Used anew for every frame: what it is given to makes a copy. */
const REST = Buffer.alloc(REST_BYTES);
const NONCE = Buffer.alloc(NONCE_BYTES);

function nonceOf(frame: Uint8Array, restAt: number): Uint8Array {
  for (let i = 0; i < COUNTER_BYTES; i++) NONCE[i] = frame[COUNTER_AT + i] ?? 0;
  for (let i = 0; i < REST_BYTES; i++) NONCE[COUNTER_BYTES + i] = frame[restAt + i] ?? 0;
  return NONCE;
}

function startIdIn(frame: Uint8Array): Uint8Array {
  return frame.subarray(START_ID_AT, COUNTER_AT);
}

function hexOf(frame: Uint8Array, from: number, to: number): string {
  return Buffer.from(frame.buffer, frame.byteOffset + from, to - from).toString("hex");
}
