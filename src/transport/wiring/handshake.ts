import { randomBytes, timingSafeEqual } from "node:crypto";
import { WireError } from "../../core/errors.ts";
import type { MemberName } from "../../core/member.ts";
import type { Hello, HelloCodec, HelloProof } from "../../wire/hello.ts";
import type { WireSelf } from "./outgoing-wire.ts";

/** Bytes of a challenge, as `src/wire/hello.ts` wants them. */
const CHALLENGE_BYTES = 16;

const NOTHING = new Uint8Array(0);

/**
 * The observer's side of the hellos that open a wire. Without keys it says one and takes one. With them it says two: the
 * answer to its own challenge shows that the subject is no recording, and the second shows the same of itself.
 */
export class ObserverHandshake {
  private readonly self: WireSelf;
  private readonly target: MemberName;
  private readonly codec: HelloCodec;
  /** Undefined where it speaks in the clear. */
  private challenge: Uint8Array | undefined;

  constructor(self: WireSelf, target: MemberName, codec: HelloCodec) {
    this.self = self;
    this.target = target;
    this.codec = codec;
  }

  /** What to say first. */
  begin(): Uint8Array {
    if (!this.codec.provesItself) return this.encode();
    this.challenge = randomBytes(CHALLENGE_BYTES);
    return this.encode({ step: 1, challenge: this.challenge, answer: NOTHING });
  }

  /** What to say to the subject's hello, if anything; then the wire is open. @throws WireError `proof` */
  finish({ proof }: Hello): Uint8Array | undefined {
    const { challenge } = this;
    if (challenge === undefined && proof === undefined) return undefined;
    if (challenge === undefined || proof?.step !== 2 || !isSame(proof.answer, challenge)) {
      throw new WireError("proof");
    }
    return this.encode({ step: 3, challenge, answer: proof.challenge });
  }

  private encode(proof?: HelloProof): Uint8Array {
    const { name: sender, startId } = this.self;
    return this.codec.encode({ sender, startId, target: this.target, ...(proof && { proof }) });
  }
}

/** The subject's side: it answers as it was asked. Whether a hello in the clear is taken is the codec's to say. */
export class SubjectHandshake {
  private readonly self: WireSelf;
  private readonly codec: HelloCodec;
  private asked: { readonly hello: Hello; readonly challenge: Uint8Array } | undefined;

  constructor(self: WireSelf, codec: HelloCodec) {
    this.self = self;
    this.codec = codec;
  }

  /** What to say to this hello, and whether the wire is open with it. @throws WireError `proof` */
  take(hello: Hello): { readonly answer?: Uint8Array; readonly isDone: boolean } {
    const { proof } = hello;
    if (this.asked !== undefined) {
      if (!isAnsweredBy(this.asked, hello)) throw new WireError("proof");
      return { isDone: true };
    }
    if (proof === undefined) return { answer: this.encode(hello), isDone: true };
    if (proof.step !== 1) throw new WireError("proof");
    const challenge = randomBytes(CHALLENGE_BYTES);
    this.asked = { hello, challenge };
    const answer = this.encode(hello, { step: 2, challenge, answer: proof.challenge });
    return { answer, isDone: false };
  }

  private encode({ sender: target }: Hello, proof?: HelloProof): Uint8Array {
    const { name: sender, startId } = this.self;
    return this.codec.encode({ sender, startId, target, ...(proof && { proof }) });
  }
}

function isAnsweredBy(
  { hello: first, challenge }: { readonly hello: Hello; readonly challenge: Uint8Array },
  { sender, startId, proof }: Hello,
): boolean {
  if (first.proof === undefined || proof?.step !== 3) return false;
  const isSameObserver = sender === first.sender && startId === first.startId;
  return (
    isSameObserver &&
    isSame(proof.challenge, first.proof.challenge) &&
    isSame(proof.answer, challenge)
  );
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
