import { createCipheriv, hash, hkdfSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { message } from "../../src/bench/fuzz/messages/arbitraries.ts";
import { WireError } from "../../src/core/errors.ts";
import type { Message } from "../../src/core/message.ts";
import { DERIVED_KEYS_MAX, DerivedKeys } from "../../src/keys/derived-keys.ts";
import { type GossipEncryption, Keyring } from "../../src/keys/keyring.ts";
import { KeyringSeal } from "../../src/keys/keyring-seal.ts";
import { createCodec } from "../../src/wire/codec.ts";
import type { Seal } from "../../src/wire/seal.ts";
import { keyOf, sealOf } from "./sealed.ts";

const LABEL = "test";
/** Version, mode, start id, counter, label with its length. */
const HEAD_BYTES = 1 + 1 + 12 + 4 + 1 + LABEL.length;
const SALT_AT = HEAD_BYTES + 4;
const PAYLOAD_AT = HEAD_BYTES + 20;

const PING: Message = {
  header: { sender: "a", startId: "0".repeat(24), incarnation: 7, counter: 1, stalledMs: 0 },
  body: { kind: "ping", seq: 1, target: "b", digest: { high: 1, low: 2 } },
  updates: [],
};

function codecOf(seal: Seal | undefined, clusterLabel = LABEL) {
  return createCodec({ clusterLabel, seal });
}

function ping(counter: number, startId = PING.header.startId): Message {
  return { ...PING, header: { ...PING.header, counter, startId } };
}

function refusal(seal: Seal | undefined, datagram: Uint8Array, label = LABEL): string {
  try {
    codecOf(seal, label).decode(datagram);
    return "taken";
  } catch (error) {
    if (error instanceof WireError) return error.reason;
    throw error;
  }
}

test("whatever is said arrives as it was, 36 bytes longer than in the clear", () => {
  const codec = codecOf(sealOf([1]));
  const other = codecOf(sealOf([1]));
  const plain = codecOf(undefined);
  fc.assert(
    fc.property(message, (given) => {
      const datagram = codec.encode(given);
      const inClear = plain.encode(given);
      expect(datagram.length).toBe(inClear.length + 36);
      expect(other.decode(datagram)).toStrictEqual(plain.decode(inClear));
    }),
  );
});

test("whom it is for travels sealed alone, and room is left for it in any case", () => {
  const [codec, plain] = [codecOf(sealOf([1])), codecOf(undefined)];
  fc.assert(
    fc.property(message, fc.integer({ min: 0, max: 0xffff_ffff }), (given, addressee) => {
      const addressed = { ...given, header: { ...given.header, addressee } };
      const datagram = codec.encode(addressed);
      expect(codec.decode(datagram).header.addressee).toBe(addressee);
      expect(plain.encode(addressed)).toEqual(plain.encode(given));
      const { header, body } = given;
      const room = codec.sizer.baseBytes(header, body) - plain.sizer.baseBytes(header, body);
      expect(datagram.length - plain.encode(given).length).toBeLessThanOrEqual(room);
      expect(room).toBe(36 + 5);
    }),
  );
});

test("nothing of the payload is legible", () => {
  const datagram = codecOf(sealOf([1])).encode({
    ...PING,
    header: { ...PING.header, sender: "SECRET" },
  });
  expect(Buffer.from(datagram).includes("SECRET")).toBe(false);
});

test("a bit that flips anywhere makes the datagram refused", () => {
  const codec = codecOf(sealOf([1]));
  const receiver = sealOf([1]);
  fc.assert(
    fc.property(message, fc.nat(7), (given, bit) => {
      const datagram = codec.encode(given);
      for (let at = 0; at < datagram.length; at++) {
        const flipped = datagram.with(at, (datagram[at] ?? 0) ^ (1 << bit));
        expect(refusal(receiver, flipped), `byte ${at}`).toMatch(
          at < 2 ? /^(version|mode|plaintext)$/ : /^(label|key|seal|too-short)$/,
        );
      }
    }),
    { numRuns: 30 },
  );
});

test("a datagram that is cut anywhere is refused", () => {
  const codec = codecOf(sealOf([1]));
  const receiver = sealOf([1]);
  fc.assert(
    fc.property(message, (given) => {
      const datagram = codec.encode(given);
      for (let length = 0; length < datagram.length; length++) {
        expect(refusal(receiver, datagram.subarray(0, length))).toMatch(/^(too-short|key|seal)$/);
      }
      expect(refusal(receiver, Uint8Array.of(...datagram, 0))).toMatch(/^(seal|too-long)$/);
    }),
    { numRuns: 30 },
  );
});

test("random bytes in a sealed envelope of a known key are refused", () => {
  const receiver = sealOf([1]);
  const head = codecOf(sealOf([1]))
    .encode(PING)
    .subarray(0, SALT_AT);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 33, maxLength: 300 }), (bytes) => {
      expect(refusal(receiver, Uint8Array.of(...head, ...bytes))).toBe("seal");
    }),
    { numRuns: 1000 },
  );
});

describe("who is heard by whom", () => {
  test.each<[string, readonly number[], readonly number[], string]>([
    ["the same key", [1], [1], "taken"],
    ["another key", [1], [2], "key"],
    ["the next key, which the receiver holds already", [2, 1], [1, 2], "taken"],
    ["the key before, which the receiver still holds", [1], [2, 1], "taken"],
    ["a key that the receiver has given up", [1], [2], "key"],
    ["a second key is not what encrypts", [1, 2], [2], "key"],
  ])("%s", (_, sender, receiver, expected) => {
    expect(refusal(sealOf(receiver), codecOf(sealOf(sender)).encode(PING))).toBe(expected);
  });

  test("a key that the receiver gave up is told apart from one that it never had, until it has it again", () => {
    const keyring = new Keyring([keyOf(1), keyOf(2)], "require");
    const receiver = new KeyringSeal({ keyring, purpose: "datagram" });
    const [late, stranger] = [1, 3].map((key) => codecOf(sealOf([key])).encode(PING));
    const outcomes = () =>
      [late, stranger].map((each) => refusal(receiver, each ?? new Uint8Array()));
    expect(outcomes()).toEqual(["taken", "key"]);
    keyring.use([keyOf(2)], "require");
    expect(outcomes()).toEqual(["old-key", "key"]);
    keyring.use([keyOf(2), keyOf(1)], "require");
    expect(outcomes()).toEqual(["taken", "key"]);
  });

  test("no key at all", () => {
    expect(refusal(undefined, codecOf(sealOf([1])).encode(PING))).toBe("key");
  });

  test("another cluster with the same key, also one whose label was rewritten", () => {
    const datagram = codecOf(sealOf([1]), "prod").encode(PING);
    expect(refusal(sealOf([1]), datagram)).toBe("label");
    datagram.set(Buffer.from(LABEL), HEAD_BYTES - LABEL.length);
    expect(refusal(sealOf([1]), datagram)).toBe("seal");
  });

  test("a hello's seal opens no datagram", () => {
    const hello = sealOf([1], "require", "hello");
    expect(refusal(sealOf([1]), codecOf(hello).encode(PING))).toBe("seal");
  });

  const none = undefined;
  test.each<[GossipEncryption | undefined, GossipEncryption | undefined, string]>([
    [none, none, "taken"],
    [none, "accept", "taken"],
    [none, "prefer", "taken"],
    [none, "require", "plaintext"],
    ["accept", none, "taken"],
    ["accept", "accept", "taken"],
    ["accept", "prefer", "taken"],
    ["accept", "require", "plaintext"],
    ["prefer", none, "key"],
    ["prefer", "accept", "taken"],
    ["prefer", "prefer", "taken"],
    ["prefer", "require", "taken"],
    ["require", "accept", "taken"],
    ["require", "prefer", "taken"],
    ["require", "require", "taken"],
  ])("%s is %s's to take: %s %s", (sender, receiver, expected) => {
    const seal = (encryption: GossipEncryption | undefined) =>
      encryption && sealOf([1], encryption);
    expect(refusal(seal(receiver), codecOf(seal(sender)).encode(PING))).toBe(expected);
  });

  test("without sending sealed, the bytes are those of a node without a key", () => {
    const plain = codecOf(undefined);
    const accepting = codecOf(sealOf([1], "accept"));
    expect(accepting.encode(PING)).toEqual(plain.encode(PING));
    const { header, body } = PING;
    expect(accepting.sizer.baseBytes(header, body)).toBe(plain.sizer.baseBytes(header, body));
  });
});

describe("no nonce is used twice under one key", () => {
  /** What nonces and keys of a datagram are made of, but for the content. */
  function saltOf(datagram: Uint8Array): string {
    return Buffer.from(datagram.subarray(SALT_AT, SALT_AT + 8)).toString("hex");
  }

  test("counters that grow share a salt; after the last one of 32 bits a new one begins", () => {
    const codec = codecOf(sealOf([1]));
    const receiver = codecOf(sealOf([1]));
    const counters = [1, 2, 4096, 0xffff_fffe, 0xffff_ffff, 0, 1];
    const datagrams = counters.map((counter) => codec.encode(ping(counter)));
    const salts = datagrams.map(saltOf);
    expect(new Set(salts.slice(0, 5)).size).toBe(1);
    expect(salts[5]).not.toBe(salts[0]);
    expect(salts[6]).toBe(salts[5]);
    const heard = datagrams.map((each) => receiver.decode(each).header.counter);
    expect(heard).toEqual(counters);
  });

  test("a counter that does not grow, another start id and another key make a new salt", () => {
    const keyring = new Keyring([keyOf(1)], "require");
    const codec = codecOf(new KeyringSeal({ keyring, purpose: "datagram" }));
    const salts = [saltOf(codec.encode(ping(5)))];
    const encode = (given: Message) => salts.push(saltOf(codec.encode(given)));
    encode(ping(5));
    encode(ping(4));
    encode(ping(6, "1".repeat(24)));
    keyring.use([keyOf(2), keyOf(1)], "require");
    encode(ping(7, "1".repeat(24)));
    expect(new Set(salts).size).toBe(5);
  });

  test("whatever the counters are, salt and counter never come twice", () => {
    const counters = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 40 });
    fc.assert(
      fc.property(counters, (given) => {
        const codec = codecOf(sealOf([1]));
        const used = given.map((counter) => `${saltOf(codec.encode(ping(counter)))} ${counter}`);
        expect(new Set(used).size).toBe(given.length);
      }),
    );
  });

  test("a machine that went back to a snapshot repeats memory, counters and chance, and no nonce", () => {
    const snapshot = () =>
      codecOf(
        new KeyringSeal({
          keyring: new Keyring([keyOf(1)], "require"),
          purpose: "datagram",
          freshSalt: () => new Uint8Array(8),
        }),
      );
    const other = { ...PING, body: { kind: "gossip" } } as const;
    const [first, second] = [snapshot().encode(PING), snapshot().encode(other)];
    const nonceRest = (datagram: Uint8Array) => datagram.slice(SALT_AT + 8, PAYLOAD_AT);
    expect(saltOf(first)).toBe(saltOf(second));
    expect(nonceRest(first)).not.toEqual(nonceRest(second));
    // The same content gives the same bytes, which tell nothing new.
    expect(snapshot().encode(PING)).toEqual(first);
  });
});

test("a datagram is what the document says, computed with node:crypto alone", () => {
  const secret = new Uint8Array(32).fill(1);
  const salt = Buffer.from("0102030405060708", "hex");
  const seal = new KeyringSeal({
    keyring: new Keyring([keyOf(1)], "require"),
    purpose: "datagram",
    freshSalt: () => salt,
  });
  const datagram = Buffer.from(codecOf(seal).encode(ping(9, "ab".repeat(12))));
  const startId = Buffer.from("ab".repeat(12), "hex");
  const derived = (purpose: string) =>
    Buffer.from(
      hkdfSync(
        "sha256",
        secret,
        "hearsay 1",
        Buffer.concat([Buffer.from(`hearsay ${purpose}`), salt, startId]),
        32,
      ),
    );
  const plain = Buffer.from(codecOf(undefined).encode(ping(9, "ab".repeat(12))));
  const head = Buffer.from(plain.subarray(0, HEAD_BYTES));
  head[1] = 1;
  const payload = plain.subarray(HEAD_BYTES);
  const content = Buffer.concat([derived("datagram nonce"), head, payload]);
  const nonceRest = hash("sha256", content, "buffer").subarray(0, 8);
  const keyId = Buffer.from(hkdfSync("sha256", secret, "hearsay 1", "hearsay key id", 4));
  const clear = Buffer.concat([head, keyId, salt, nonceRest]);
  const nonce = Buffer.concat([Buffer.from([0, 0, 0, 9]), nonceRest]);
  const cipher = createCipheriv("aes-256-gcm", derived("datagram"), nonce).setAAD(clear);
  const sealed = Buffer.concat([cipher.update(payload), cipher.final()]);
  expect(datagram).toEqual(Buffer.concat([clear, sealed, cipher.getAuthTag()]));
});

test("a keyring counts what was opened with each key, and only that", () => {
  const keyring = new Keyring([keyOf(1), keyOf(2)], "require");
  const receiver = new KeyringSeal({ keyring, purpose: "datagram" });
  const fromFirst = codecOf(sealOf([1])).encode(PING);
  for (const datagram of [
    fromFirst,
    fromFirst,
    fromFirst.with(60, 0),
    codecOf(sealOf([3])).encode(PING),
  ])
    refusal(receiver, datagram);
  const [first, second] = [keyOf(1).id, keyOf(2).id];
  expect(keyring.uses).toEqual([
    { id: first, opened: 2, openedAtMs: expect.any(Number) },
    { id: second, opened: 0, openedAtMs: undefined },
  ]);
  keyring.use([keyOf(2), keyOf(1)], "require");
  expect(keyring.uses.map(({ id, opened }) => [id, opened])).toEqual([
    [second, 0],
    [first, 2],
  ]);
});

describe("keys of other members' runs", () => {
  const startId = new Uint8Array(12);
  const saltOf = (number: number) => Buffer.from(number.toString(16).padStart(16, "0"), "hex");

  test("are kept up to a bound, those heard last the longest", () => {
    const keys = new DerivedKeys("datagram");
    const clusterKey = keyOf(1);
    const hear = (number: number) => {
      const found = keys.find(clusterKey, saltOf(number), startId);
      keys.keep(found);
      return found;
    };
    const [first, second] = [hear(0), hear(1)];
    for (let number = 2; number < DERIVED_KEYS_MAX; number++) hear(number);
    expect(hear(0)).toBe(first);
    hear(DERIVED_KEYS_MAX);
    expect(keys.size).toBe(DERIVED_KEYS_MAX);
    expect(hear(0)).toBe(first);
    expect(hear(1)).not.toBe(second);
  });

  test("are kept only for what was opened: strangers' salts drive none out", () => {
    const keys = new DerivedKeys("datagram");
    const clusterKey = keyOf(1);
    keys.keep(keys.find(clusterKey, saltOf(0), startId));
    for (let number = 1; number < 100; number++) keys.find(clusterKey, saltOf(number), startId);
    expect(keys.size).toBe(1);
  });
});
