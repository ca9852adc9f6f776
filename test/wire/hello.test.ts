import fc from "fast-check";
import { expect, test } from "vitest";
import { WireError } from "../../src/core/errors.ts";
import { createCodec } from "../../src/wire/codec.ts";
import {
  createHelloCodec,
  HELLO_BYTES_MAX,
  type Hello,
  type HelloProof,
} from "../../src/wire/hello.ts";
import { pack } from "../../src/wire/msgpack.ts";
import { sealOf } from "../keys/sealed.ts";

const codec = createHelloCodec("test");
const HELLO: Hello = { sender: "a", startId: "69214d100123456789abcdef", target: "b" };
const FRAME = codec.encode(HELLO);
/** `pack` gives what it made only until it is called again. */
const PAYLOAD_BYTES = pack(["a", "b"]).length;

test("a hello comes back as it was, with the bytes that it took", () => {
  const behind = Uint8Array.of(...FRAME, 0, 0, 0);
  expect(codec.decode(behind)).toEqual({ hello: HELLO, bytes: FRAME.length });
});

test("the longest names and label fit", () => {
  const name = "n".repeat(64);
  const longest = createHelloCodec("c".repeat(64));
  const frame = longest.encode({ ...HELLO, sender: name, target: name });
  expect(frame.length).toBeLessThan(HELLO_BYTES_MAX / 2);
  expect(longest.decode(frame)?.hello).toEqual({ ...HELLO, sender: name, target: name });
});

test("a hello that is not whole yet is waited for, at any byte", () => {
  const parts = Array.from(FRAME, (_, length) => codec.decode(FRAME.subarray(0, length)));
  expect(parts).toEqual(FRAME.length === 0 ? [] : Array(FRAME.length).fill(undefined));
});

test("a length that no hello has is refused by its two bytes", () => {
  expect(() => codec.decode(Uint8Array.of(2, 1))).toThrow("too-long");
  expect(codec.decode(Uint8Array.of(2, 0))).toBeUndefined();
});

test.each([
  ["label", createHelloCodec("other").encode(HELLO)],
  ["version", FRAME.with(2, 2)],
  ["mode", FRAME.with(3, 2)],
  ["key", FRAME.with(3, 1)],
  ["too-short", Uint8Array.of(0, 0)],
  ["garbage", framed(Uint8Array.of(0x92, 0xa1))],
  ["shape", framed(pack("a"))],
  ["field", framed(pack(["a"]))],
  ["field", framed(pack(["a", "no name"]))],
])("%s is refused as in a datagram", (reason, frame) => {
  expect(() => codec.decode(frame)).toThrow(WireError);
  expect(() => codec.decode(frame)).toThrow(reason);
});

test("what a newer version adds behind is passed over", () => {
  expect(codec.decode(framed(pack(["a", "b", 7])))?.hello).toEqual(HELLO);
});

test("whatever the bytes are, nothing but a WireError is thrown", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 700 }),
    fc.uint8Array({ maxLength: 40 }).map((payload) => framed(payload)),
  );
  fc.assert(
    fc.property(bytes, (received) => {
      try {
        codec.decode(received);
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
      }
    }),
  );
});

test("a hello is no datagram", () => {
  const datagram = FRAME.subarray(2);
  expect(() => createCodec({ clusterLabel: "test" }).decode(datagram)).toThrow("shape");
});

/** Another payload in the envelope of the hello. */
function framed(payload: Uint8Array): Uint8Array {
  const envelope = FRAME.subarray(2, FRAME.length - PAYLOAD_BYTES);
  const length = envelope.length + payload.length;
  return Uint8Array.of(length >>> 8, length & 0xff, ...envelope, ...payload);
}

const PROOF: HelloProof = {
  step: 2,
  challenge: new Uint8Array(16).fill(1),
  answer: new Uint8Array(16).fill(2),
};

test("a hello with a proof is sealed, comes back as it was, and never twice in the same bytes", () => {
  const sealed = createHelloCodec("test", sealOf([1], "require", "hello"));
  const hello = { ...HELLO, proof: PROOF };
  const frames = [sealed.encode(hello), sealed.encode(hello)];
  expect(frames.map((frame) => sealed.decode(frame)?.hello)).toEqual([hello, hello]);
  expect(frames[0]).not.toEqual(frames[1]);
  expect(Buffer.from(frames[0] ?? "").includes(Buffer.from(PROOF.challenge))).toBe(false);
});

test("the longest names and label fit with a proof, too", () => {
  const name = "n".repeat(64);
  const longest = createHelloCodec("c".repeat(64), sealOf([1], "require", "hello"));
  const hello = { ...HELLO, sender: name, target: name, proof: PROOF };
  const frame = longest.encode(hello);
  expect(frame.length).toBeLessThan(HELLO_BYTES_MAX);
  expect(longest.decode(frame)?.hello).toEqual(hello);
});

test("a bit that flips anywhere in a sealed hello makes it refused, or waited for", () => {
  const sealed = createHelloCodec("test", sealOf([1], "require", "hello"));
  const frame = sealed.encode({ ...HELLO, proof: PROOF });
  for (let bit = 0; bit < 8 * frame.length; bit++) {
    const at = bit >> 3;
    const flipped = frame.with(at, (frame[at] ?? 0) ^ (1 << (bit & 7)));
    let received: unknown;
    try {
      received = sealed.decode(flipped);
    } catch (error) {
      expect(error).toBeInstanceOf(WireError);
    }
    expect(received, `bit ${bit}`).toBeUndefined();
  }
});

test.each<[string, Partial<Record<keyof HelloProof, unknown>>]>([
  ["a step that there is not", { step: 4 }],
  ["a short challenge", { challenge: new Uint8Array(15) }],
  ["no answer in the second step", { answer: new Uint8Array(0) }],
  ["an answer in the first step", { step: 1 }],
  ["a text for a challenge", { challenge: "0123456789abcdef" }],
])("a proof with %s is refused", (_, changed) => {
  const sealed = createHelloCodec("test", sealOf([1], "require", "hello"));
  const proof = { ...PROOF, ...changed } as HelloProof;
  expect(() => sealed.decode(sealed.encode({ ...HELLO, proof }))).toThrow("field");
});

test("a hello in the clear is refused where a key is required", () => {
  const sealed = createHelloCodec("test", sealOf([1], "require", "hello"));
  expect(() => sealed.decode(FRAME)).toThrow("plaintext");
});
