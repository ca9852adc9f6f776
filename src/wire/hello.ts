import { WireError } from "../core/errors.ts";
import type { MemberName, StartId } from "../core/member.ts";
import { createEnvelope } from "./envelope.ts";
import { arrayField, nameField } from "./fields.ts";
import { pack, unpack } from "./msgpack.ts";

/** What each side of a wire says first, and once. */
export interface Hello {
  /** Who speaks, and which run of it. */
  readonly sender: MemberName;
  readonly startId: StartId;
  /** Whom it wants to speak to. */
  readonly target: MemberName;
}

/** A hello, and how many of the bytes given it took. */
export interface ReceivedHello {
  readonly hello: Hello;
  readonly bytes: number;
}

/** Hellos to bytes of a stream and back. */
export interface HelloCodec {
  /** A fresh array: the length, then the hello in the envelope of a datagram. */
  encode(hello: Hello): Uint8Array;
  /**
   * The hello that `received` begins with; undefined while its end is still to come.
   *
   * @throws WireError as a datagram's decoder does. A length that no hello has is `too-long` at
   * once, so that nobody has to be listened to for more than 514 bytes
   */
  decode(received: Uint8Array): ReceivedHello | undefined;
}

/** Longest hello, its length not counted: room for a proof, once there are keys. */
export const HELLO_BYTES_MAX = 512;

const LENGTH_BYTES = 2;

/** Datagrams are numbered from 1. A hello is not one of them and proves no life to a table. */
const NO_COUNTER = 0;

/** @throws ConfigError for a bad cluster label */
export function createHelloCodec(clusterLabel: string): HelloCodec {
  const envelope = createEnvelope(clusterLabel);
  return {
    encode({ sender, startId, target }) {
      const payload = pack([sender, target]);
      const length = envelope.bytes + payload.length;
      const frame = new Uint8Array(LENGTH_BYTES + length);
      frame[0] = length >>> 8;
      frame[1] = length & 0xff;
      envelope.write(frame.subarray(LENGTH_BYTES), startId, NO_COUNTER);
      frame.set(payload, LENGTH_BYTES + envelope.bytes);
      return frame;
    },
    decode(received) {
      const [high, low] = received;
      if (high === undefined || low === undefined) return undefined;
      const bytes = LENGTH_BYTES + ((high << 8) | low);
      if (bytes > LENGTH_BYTES + HELLO_BYTES_MAX) throw new WireError("too-long");
      if (received.length < bytes) return undefined;
      const { startId, payload } = envelope.open(received.subarray(LENGTH_BYTES, bytes));
      const parts = unpack(payload);
      if (!Array.isArray(parts)) throw new WireError("shape");
      const [sender, target] = arrayField(parts, "hello", 2);
      const hello = {
        sender: nameField(sender, "sender"),
        startId,
        target: nameField(target, "target"),
      };
      return { hello, bytes };
    },
  };
}
