import { WireError } from "../core/errors.ts";
import type { MemberName, StartId } from "../core/member.ts";
import { createEnvelope } from "./envelope.ts";
import { arrayField, binField, integerField, nameField } from "./fields.ts";
import { pack, unpack, type WireValue } from "./msgpack.ts";
import type { Seal } from "./seal.ts";

/** What each side of a wire says first. */
export interface Hello {
  /** Who speaks, and which run of it. */
  readonly sender: MemberName;
  readonly startId: StartId;
  /** Whom it wants to speak to. */
  readonly target: MemberName;
  /** In a cluster with a key: a sealed hello has one, and only that. */
  readonly proof?: HelloProof;
}

/**
 * What shows that a hello is of now, and no recording. Of three hellos, each side answers the challenge of the other.
 */
export interface HelloProof {
  /** 1: the observer asks. 2: the subject answers, and asks. 3: the observer answers. */
  readonly step: 1 | 2 | 3;
  /** Fresh random bytes of the speaker, the same in its hellos of one wire. */
  readonly challenge: Uint8Array;
  /** What the other side said as its challenge; empty in the first. */
  readonly answer: Uint8Array;
}

/** A hello, and how many of the bytes given it took. */
export interface ReceivedHello {
  readonly hello: Hello;
  readonly bytes: number;
}

/** Hellos to bytes of a stream and back. */
export interface HelloCodec {
  /** Whether the hellos of this node carry a proof. */
  readonly provesItself: boolean;
  /** A fresh array: the length, then the hello in the envelope of a datagram. Sealed if it has a proof. */
  encode(hello: Hello): Uint8Array;
  /**
   * The hello that `received` begins with; undefined while its end is still to come.
   *
   * @throws WireError as a datagram's decoder does. A length that no hello has is `too-long` at
   * once, so that nobody has to be listened to for more than 514 bytes
   */
  decode(received: Uint8Array): ReceivedHello | undefined;
}

/** Longest hello, its length not counted. */
export const HELLO_BYTES_MAX = 512;

/** Bytes of a challenge. */
const CHALLENGE_BYTES = 16;

const LENGTH_BYTES = 2;

/** Datagrams are numbered from 1. A hello in the clear is not one of them and proves no life to a table. */
const NO_COUNTER = 0;

/** @throws ConfigError for a bad cluster label */
export function createHelloCodec(clusterLabel: string, seal?: Seal): HelloCodec {
  const plain = createEnvelope(clusterLabel);
  const sealed = createEnvelope(clusterLabel, seal && sealing(seal));
  const incoming = createEnvelope(clusterLabel, seal);
  // Sealed hellos are numbered: no two of a run may have one nonce.
  let counter = NO_COUNTER;
  return {
    get provesItself() {
      return seal?.sendsSealed === true;
    },
    encode({ sender, startId, target, proof }) {
      const envelope = proof === undefined ? plain : sealed;
      const payload = pack([sender, target, ...proofToWire(proof)]);
      const length = envelope.headBytes + payload.length + envelope.tailBytes;
      const frame = new Uint8Array(LENGTH_BYTES + length);
      frame[0] = length >>> 8;
      frame[1] = length & 0xff;
      frame.set(payload, LENGTH_BYTES + envelope.headBytes);
      if (proof !== undefined) counter = (counter + 1) >>> 0;
      envelope.write(
        frame.subarray(LENGTH_BYTES),
        startId,
        proof === undefined ? NO_COUNTER : counter,
      );
      return frame;
    },
    decode(received) {
      const [high, low] = received;
      if (high === undefined || low === undefined) return undefined;
      const bytes = LENGTH_BYTES + ((high << 8) | low);
      if (bytes > LENGTH_BYTES + HELLO_BYTES_MAX) throw new WireError("too-long");
      if (received.length < bytes) return undefined;
      const opened = incoming.open(received.subarray(LENGTH_BYTES, bytes));
      const parts = unpack(opened.payload);
      if (!Array.isArray(parts)) throw new WireError("shape");
      const [sender, target, ...proof] = arrayField(parts, "hello", 2);
      const hello = {
        sender: nameField(sender, "sender"),
        startId: opened.startId,
        target: nameField(target, "target"),
        ...(opened.isSealed && { proof: parseProof(proof) }),
      };
      return { hello, bytes };
    },
  };
}

/** A subject that does not prove itself first answers a sealed hello by a sealed one all the same. */
function sealing(seal: Seal): Seal {
  return {
    sendsSealed: true,
    takesPlain: true,
    close: (frame, headBytes) => seal.close(frame, headBytes),
    open: (frame, headBytes) => seal.open(frame, headBytes),
  };
}

function proofToWire(proof: HelloProof | undefined): readonly WireValue[] {
  return proof === undefined ? [] : [proof.step, proof.challenge, proof.answer];
}

function parseProof([step, challenge, answer]: readonly unknown[]): HelloProof {
  const at = integerField(step, "step", 1, 3) as HelloProof["step"];
  return {
    step: at,
    challenge: copied(binField(challenge, "challenge", CHALLENGE_BYTES)),
    answer: copied(binField(answer, "answer", at === 1 ? 0 : CHALLENGE_BYTES)),
  };
}

/** What was received is a view into something larger. */
function copied(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes);
}
