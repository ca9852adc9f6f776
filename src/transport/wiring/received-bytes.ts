import type { Millis } from "../../core/member.ts";
import type { HelloCodec, ReceivedHello } from "../../wire/hello.ts";

/** Takes hellos out of what arrives first, in however many pieces. */
export class HelloReader {
  private readonly codec: HelloCodec;
  private pending: Uint8Array | undefined;

  constructor(codec: HelloCodec) {
    this.codec = codec;
  }

  /** The next hello, and how many bytes are behind it; undefined while more has to come. @throws WireError */
  read(chunk: Uint8Array): { hello: ReceivedHello["hello"]; rest: number } | undefined {
    // No hello is longer than some hundred bytes, and what cannot become one is refused by its first two.
    const received = this.pending === undefined ? chunk : Buffer.concat([this.pending, chunk]);
    const found = this.codec.decode(received);
    // A copy: the chunk is a view into a much larger block.
    this.pending = found === undefined ? Uint8Array.from(received) : undefined;
    return found && { hello: found.hello, rest: received.length - found.bytes };
  }
}

/** Pokes that one side may send in a minute; far more than any observer does. */
const BYTES_MAX = 64;
const MINUTE_MS: Millis = 60_000;

/** Bounds what is sent over a wire after the hello. */
export class ChatterLimit {
  private sinceMs = Number.NEGATIVE_INFINITY;
  private bytes = 0;

  /** Whether the other side may have sent so many bytes more. */
  allows(bytes: number): boolean {
    const nowMs = performance.now();
    if (nowMs - this.sinceMs >= MINUTE_MS) {
      this.sinceMs = nowMs;
      this.bytes = 0;
    }
    this.bytes += bytes;
    return this.bytes <= BYTES_MAX;
  }
}
