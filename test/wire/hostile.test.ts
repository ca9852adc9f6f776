import fc from "fast-check";
import { Packr } from "msgpackr";
import { describe, expect, test } from "vitest";
import { message } from "../../src/bench/fuzz/messages/arbitraries.ts";
import { limitsBroken } from "../../src/bench/fuzz/messages/limits-broken.ts";
import { ConfigError, WireError } from "../../src/core/errors.ts";
import type { MemberRecord } from "../../src/core/member.ts";
import type { Message } from "../../src/core/message.ts";
import { createCodec } from "../../src/wire/codec.ts";

const codec = createCodec({ clusterLabel: "test" });
const packr = new Packr({ useRecords: false });

const START = Uint8Array.from({ length: 12 }, (_, i) => i);
const HASH = new Uint8Array(8);

/** What a decoder makes of `datagram`: the reason of its refusal, or the message. Anything else thrown fails the test. */
function outcome(datagram: Uint8Array): string | Message {
  try {
    return codec.decode(datagram);
  } catch (error) {
    if (error instanceof WireError) return error.reason;
    throw error;
  }
}

function refusal(datagram: Uint8Array): string {
  const made = outcome(datagram);
  return typeof made === "string" ? made : "accepted";
}

function envelope(payload: Uint8Array, label = "test"): Uint8Array {
  const text = new TextEncoder().encode(label);
  return Uint8Array.of(1, 0, ...START, 0, 0, 0, 1, text.length, ...text, ...payload);
}

const HEAD = ["a", 1, 0];
const PING = [1, "b", HASH];

function packed(parts: unknown): Uint8Array {
  return envelope(packr.pack(parts));
}

function update(...fields: unknown[]): Uint8Array {
  return packed([HEAD, 6, [], [fields]]);
}

function notice(...fields: unknown[]): Uint8Array {
  return packed([HEAD, 6, [], [], [fields]]);
}

const RECORD = ["b", START, 1, Uint8Array.of(10, 0, 0, 1), 7001, [], [], null, 1, 1, true, "0.1.0"];

function recordWith(at: number, value: unknown): Uint8Array {
  return update(
    0,
    0,
    0,
    "b",
    packr.pack(RECORD.map((field, index) => (index === at ? value : field))),
  );
}

describe("damaged datagrams are refused with a reason and nothing else", () => {
  test("a datagram cut anywhere is refused", () => {
    fc.assert(
      fc.property(message, (whole) => {
        const datagram = codec.encode(whole);
        for (let length = 0; length < datagram.length; length++) {
          expect(refusal(datagram.subarray(0, length))).toMatch(/^(too-short|garbage)$/);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("trailing bytes are refused", () => {
    fc.assert(
      fc.property(message, fc.uint8Array({ minLength: 1, maxLength: 50 }), (whole, extra) => {
        expect(refusal(Uint8Array.of(...codec.encode(whole), ...extra))).toBe("garbage");
      }),
    );
  });

  test("random bytes are refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1600 }), (bytes) => {
        expect(typeof outcome(bytes)).toBe("string");
      }),
      { numRuns: 1000 },
    );
  });

  test("random bytes in a right envelope give no message beyond the limits", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(limitsBroken(outcome(envelope(bytes)))).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  test("a mutated datagram gives a refusal or a message within the limits", () => {
    const mutation = fc.record({ at: fc.nat(1400), byte: fc.nat(255), kind: fc.nat(2) });
    fc.assert(
      fc.property(
        message,
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        (whole, mutations) => {
          let bytes = [...codec.encode(whole)];
          for (const { at, byte, kind } of mutations) {
            bytes = bytes.toSpliced(
              at % bytes.length,
              kind === 0 ? 0 : 1,
              ...(kind === 2 ? [] : [byte]),
            );
          }
          expect(limitsBroken(outcome(Uint8Array.from(bytes)))).toEqual([]);
        },
      ),
      { numRuns: 5000 },
    );
  });

  test("any MessagePack value in a right envelope gives a refusal or a message within the limits", () => {
    const value = fc.anything({
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withBigInt: false,
    });
    const parts = fc.tuple(
      fc.oneof(fc.constant(HEAD), value),
      fc.oneof(fc.nat(18), value),
      fc.oneof(fc.array(fc.oneof(fc.constantFrom<unknown>(...PING, null, 4, true), value)), value),
      fc.oneof(
        fc.array(fc.array(fc.oneof(fc.constantFrom<unknown>(0, 1, 2, "b", START), value))),
        value,
      ),
      fc.oneof(
        fc.array(fc.array(fc.oneof(fc.constantFrom<unknown>(0, 1, "b", START), value))),
        value,
      ),
      fc.oneof(fc.uint8Array({ maxLength: 12 }), value),
    );
    fc.assert(
      fc.property(parts, (payload) => {
        expect(limitsBroken(outcome(packed(payload)))).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("each kind of refusal has its own reason", () => {
  const valid = packed([HEAD, 0, PING, []]);

  test("the datagram that the cases below are made of is accepted", () => {
    expect(refusal(valid)).toBe("accepted");
    expect(refusal(recordWith(0, "b"))).toBe("accepted");
  });

  test.each<[string, string, Uint8Array]>([
    ["too-short", "an empty datagram", new Uint8Array(0)],
    ["too-short", "an envelope without a payload", envelope(new Uint8Array(0))],
    ["too-long", "1,473 bytes", new Uint8Array(1473).fill(1)],
    ["version", "another version", valid.with(0, 2)],
    ["version", "one byte of another version", Uint8Array.of(9)],
    ["mode", "another mode", valid.with(1, 2)],
    ["key", "a sealed datagram, where there is no key", valid.with(1, 1)],
    ["label", "another cluster", envelope(packr.pack([HEAD, 0, PING, []]), "prod")],
    [
      "label",
      "a cluster whose label begins as ours",
      envelope(packr.pack([HEAD, 0, PING, []]), "test2"),
    ],
    ["label", "no label", envelope(packr.pack([HEAD, 0, PING, []]), "")],
    ["garbage", "the byte that MessagePack never uses", envelope(Uint8Array.of(0xc1, 0xc1))],
    [
      "garbage",
      "an array of four thousand million",
      envelope(Uint8Array.of(0xdd, 255, 255, 255, 255)),
    ],
    ["garbage", "an unknown extension", envelope(Uint8Array.of(0xd4, 0x33, 0))],
    ["garbage", "arrays in arrays to the end", envelope(new Uint8Array(1400).fill(0x91))],
    ["shape", "a number", packed(7)],
    ["shape", "a map", packed({ a: 1 })],
    ["shape", "a date", packed(new Date(0))],
    ["shape", "too few parts", packed([HEAD, 0, PING])],
    ["field", "a header without stall", packed([["a", 1], 0, PING, []])],
    ["field", "a name with a space", packed([["a b", 1, 0], 0, PING, []])],
    ["field", "an empty name", packed([["", 1, 0], 0, PING, []])],
    ["field", "a name of 65 bytes", packed([["a".repeat(65), 1, 0], 0, PING, []])],
    ["field", "a negative incarnation", packed([["a", -1, 0], 0, PING, []])],
    ["field", "an incarnation of 33 bits", packed([["a", 2 ** 32, 0], 0, PING, []])],
    ["field", "a fractional incarnation", packed([["a", 1.5, 0], 0, PING, []])],
    ["field", "a bigint incarnation", packed([["a", 1n << 40n, 0], 0, PING, []])],
    ["field", "a kind that is text", packed([HEAD, "ping", PING, []])],
    ["field", "a body with too few fields", packed([HEAD, 0, [1, "b"], []])],
    ["field", "a digest of seven bytes", packed([HEAD, 0, [1, "b", new Uint8Array(7)], []])],
    [
      "field",
      "a ping-req to multicast",
      packed([HEAD, 3, [1, "b", Uint8Array.of(224, 0, 0, 1), 7, 9], []]),
    ],
    [
      "field",
      "a ping-req to port 0",
      packed([HEAD, 3, [1, "b", Uint8Array.of(10, 0, 0, 1), 0, 9], []]),
    ],
    [
      "field",
      "a nack after an hour",
      packed([HEAD, 3, [1, "b", Uint8Array.of(10, 0, 0, 1), 7, 3.6e6], []]),
    ],
    ["field", "hashes that are not 2^bits", packed([HEAD, 8, [1, "lan", 1, HASH, null], []])],
    ["field", "128 buckets", packed([HEAD, 8, [1, "lan", 7, new Uint8Array(1024), null], []])],
    ["field", "bucket 64", packed([HEAD, 9, [1, Uint8Array.of(64), null], []])],
    ["field", "updates that are no array", packed([HEAD, 0, PING, 5])],
    ["field", "65 updates", packed([HEAD, 0, PING, Array(65).fill([3, 5, new Uint8Array(8)])])],
    ["field", "a death and a half", update(3, 5, new Uint8Array(12))],
    ["field", "deaths that are no bytes", update(3, 5, [])],
    ["field", "a notice with too few fields", notice(0, "b", START, 1, 0, "deploy")],
    ["field", "an event whose name has a space", notice(0, "b", START, 1, 0, "de ploy", "")],
    ["field", "513 bytes of payload", notice(0, "b", START, 1, 0, "deploy", "v".repeat(513))],
    ["field", "513 bytes in 257 letters", notice(0, "b", START, 1, 0, "x", `a${"é".repeat(256)}`)],
    ["field", "a payload of bytes", notice(0, "b", START, 1, 0, "deploy", START)],
    ["field", "a query without a deadline", notice(1, "b", START, 1, 0, "load", "")],
    ["field", "a query for an hour", notice(1, "b", START, 1, 0, "load", "", 3.6e6)],
    ["field", "marks of five bytes", packed([HEAD, 0, PING, [], [], new Uint8Array(5)])],
    ["field", "65 marks", packed([HEAD, 0, PING, [], [], new Uint8Array(260)])],
    ["field", "769 bytes of answer", packed([HEAD, 15, [1, START, "v".repeat(769)], []])],
    ["field", "an answer that is a number", packed([HEAD, 15, [1, START, 4], []])],
    ["field", "a verdict of alive", update(2, "b", START, 1, 0, "a", 0)],
    ["field", "phi beyond 16 bits", update(1, "b", START, 1, "a", 0, 65_536)],
    ["field", "a record that is not bytes", update(0, 0, 0, "b", RECORD)],
    ["garbage", "a record that is not MessagePack", update(0, 0, 0, "b", Uint8Array.of(0xc1, 0))],
    ["field", "a record with a host name", recordWith(3, "localhost")],
    ["field", "a record with no address", recordWith(3, new Uint8Array(4))],
    ["field", "a record with an unpaired tag", recordWith(5, ["zone"])],
    ["field", "a record with a tag twice", recordWith(5, ["zone", "a", "zone", "b"])],
    ["field", "a tag with an escape sequence", recordWith(5, ["zone", "\u001b[2J"])],
    ["field", "a tag that is a number", recordWith(5, ["zone", 1])],
    ["field", "513 bytes of tags", recordWith(5, ["t", "v".repeat(506)])],
    ["field", "a service at port 65,536", recordWith(6, [["pg", 65_536]])],
    ["field", "an API address with a newline", recordWith(7, "127.0.0.1:80\n")],
    ["field", "an empty protocol range", recordWith(9, 0)],
  ])("%s: %s", (reason, _, datagram) => {
    expect(refusal(datagram)).toBe(reason);
  });

  test("bytes that are no UTF-8 cannot make tags longer than the limit", () => {
    const invalid = packr.pack(["t", Uint8Array.from({ length: 400 }, () => 0xff)]);
    // The same bytes as a text: each becomes a replacement character of three bytes.
    const asText = Uint8Array.from(invalid).with(3, 0xda);
    const tags = Uint8Array.of(...asText);
    const before = packr.pack(RECORD.slice(0, 5)).subarray(1);
    const after = packr.pack(RECORD.slice(6)).subarray(1);
    const whole = Uint8Array.of(0x90 + RECORD.length, ...before, ...tags, ...after);
    expect(refusal(update(0, 0, 0, "b", whole))).toBe("field");
  });

  test("a tag named like a prototype is a tag like any other", () => {
    const made = recordOf(outcome(recordWith(5, ["__proto__", "x"])));
    expect(Object.entries(made?.tags ?? {})).toEqual([["__proto__", "x"]]);
    expect(Object.getPrototypeOf(made?.tags)).toBe(Object.prototype);
  });

  test("a zero with a sign is a zero", () => {
    const incarnation = outcome(minusZero(packed([["a", 0.1, 0], 0, PING, []])));
    expect(incarnation).toMatchObject({ header: { incarnation: 0 } });
    expect(limitsBroken(incarnation)).toEqual([]);
    const phi = outcome(minusZero(update(1, "b", START, 1, "a", 0, 0.1)));
    expect(phi).toMatchObject({ updates: [{ phi: 0 }] });
    expect(limitsBroken(phi)).toEqual([]);
  });

  test("a refusal never repeats what the peer wrote", () => {
    const secret = "\u001b]0;owned";
    expect(() => codec.decode(packed([[secret, 1, 0], 0, PING, []]))).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("owned") }),
    );
  });

  test("a label that could not be a name is the operator's mistake", () => {
    expect(() => createCodec({ clusterLabel: "my cluster" })).toThrow(ConfigError);
  });
});

describe("newer minor versions are understood", () => {
  test("a record of before there were wires takes none", () => {
    const made = recordOf(outcome(update(0, 0, 0, "b", packr.pack(RECORD.slice(0, 10)))));
    expect(made?.takesWires).toBe(false);
  });

  test("a record need not say its version, and a version is a short word", () => {
    const made = recordOf(outcome(update(0, 0, 0, "b", packr.pack(RECORD.slice(0, 11)))));
    expect(made).not.toHaveProperty("version");
    expect(recordOf(outcome(update(0, 0, 0, "b", packr.pack(RECORD))))?.version).toBe("0.1.0");
    for (const version of ["", "1 0", "\u001b]0;owned", "9".repeat(21)]) {
      expect(refusal(recordWith(11, version))).toBe("field");
    }
  });

  test("a record packed in another way is the same object", () => {
    const plain = outcome(update(0, 0, 0, "b", packr.pack(RECORD)));
    const wide = outcome(update(0, 0, 0, "b", packr.pack([...RECORD, 1])));
    const records = [plain, wide].map((made) => recordOf(made));
    expect(records[0]).toBe(records[1]);
  });
});

/** With its only 64-bit float replaced by −0, which no encoder of ours writes. */
function minusZero(datagram: Uint8Array): Uint8Array {
  const at = datagram.indexOf(0xcb);
  return Uint8Array.from(datagram, (byte, index) => {
    if (index === at + 1) return 0x80;
    return index > at && index <= at + 8 ? 0 : byte;
  });
}

function recordOf(made: string | Message): MemberRecord | undefined {
  const first = typeof made === "string" ? undefined : made.updates[0];
  return first?.kind === "belief" ? first.record : undefined;
}
