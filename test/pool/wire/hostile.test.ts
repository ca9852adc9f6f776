import fc from "fast-check";
import { expect, test } from "vitest";
import { poolMessage, poolView } from "../../../src/bench/fuzz/messages/pool-arbitraries.ts";
import { WireError } from "../../../src/core/errors.ts";
import { openPacket, type PoolSecurity, sealPacket } from "../../../src/pool/wire/envelope.ts";
import { deflateLzw } from "../../../src/pool/wire/lzw.ts";
import { nameBytes, nameOf } from "../../../src/pool/wire/member-name.ts";
import { MESSAGE_TYPE, type PushPull } from "../../../src/pool/wire/messages.ts";
import { PoolKeyring } from "../../../src/pool/wire/pool-keyring.ts";
import { sealPushPull, sealStream } from "../../../src/pool/wire/push-pull.ts";
import { packStruct } from "../../../src/pool/wire/raw-writer.ts";
import { golden, IN_THE_CLEAR, viewIn } from "../golden/golden.ts";

const keyring = (byte: number, length = 32) => new PoolKeyring([new Uint8Array(length).fill(byte)]);
const LABEL = Buffer.from("prod/ü");

const SECURITIES: readonly (readonly [string, PoolSecurity])[] = [
  ["in the clear", IN_THE_CLEAR],
  ["with a label", { label: LABEL, keyring: undefined }],
  ["with a key", { label: new Uint8Array(), keyring: keyring(1, 16) }],
  ["with both", { label: LABEL, keyring: keyring(2, 24) }],
];

test.each(SECURITIES)("each message comes back as it was sent: %s", (_, security) => {
  fc.assert(
    fc.property(fc.array(poolMessage, { minLength: 1, maxLength: 5 }), (messages) => {
      expect(openPacket(sealPacket(messages, security), security)).toMatchObject({
        messages,
        dropped: [],
      });
    }),
    { numRuns: 40 },
  );
});

test.each(SECURITIES)("a whole view comes back as it was sent: %s", (_, security) => {
  fc.assert(
    fc.property(poolView, (view) => {
      const dialled = sealPushPull(view, security);
      // Only the dialler's stream carries the label.
      const labelBytes = security.label.length === 0 ? 0 : 2 + security.label.length;
      expect(viewIn(dialled.subarray(labelBytes), security)).toEqual(view);
    }),
    { numRuns: 20 },
  );
});

test("a name of any bytes comes back as it was", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 255 }), (bytes) => {
      expect([...nameBytes(nameOf(bytes))]).toEqual([...bytes]);
    }),
  );
  expect(nameOf(Buffer.from("größe-𝄞"))).toBe("größe-𝄞");
});

test("another label and another key are told apart", () => {
  const packet = sealPacket([{ kind: "ack", seq: 7 }], {
    label: LABEL,
    keyring: keyring(1),
  });
  const opened = (label: Uint8Array, key: PoolKeyring | undefined) => () =>
    openPacket(packet, { label, keyring: key });
  expect(opened(new Uint8Array(), keyring(1))).toThrow("label");
  expect(opened(Buffer.from("other"), keyring(1))).toThrow("label");
  expect(opened(LABEL, keyring(2))).toThrow("key");
  expect(opened(LABEL, keyring(1))().messages).toEqual([{ kind: "ack", seq: 7 }]);
});

test("an old key opens what it sealed, in any place of the ring", () => {
  const sealed = sealPacket([{ kind: "nack", seq: 1 }], {
    label: LABEL,
    keyring: keyring(3),
  });
  const both = new PoolKeyring([new Uint8Array(16).fill(9), new Uint8Array(32).fill(3)]);
  expect(openPacket(sealed, { label: LABEL, keyring: both }).messages).toHaveLength(1);
  expect(() => new PoolKeyring([new Uint8Array(15)])).toThrow("16, 24 or 32 bytes");
  expect(() => new PoolKeyring([])).toThrow("at least one key");
});

test("arbitrary and damaged packets are read or refused by a WireError", () => {
  const packets = golden("serf").map(({ bytes }) => bytes);
  const damaged = fc
    .tuple(fc.constantFrom(...packets), fc.nat(), fc.nat({ max: 255 }), fc.nat())
    .map(([packet, at, byte, length]) => {
      const copy = Uint8Array.from(packet);
      copy[at % copy.length] = byte;
      return copy.subarray(0, length % 3 === 0 ? length % copy.length : copy.length);
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), damaged), (bytes) => {
      for (const read of [openPacket, viewIn]) {
        try {
          read(bytes, IN_THE_CLEAR);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }
    }),
    { numRuns: 1000 },
  );
});

const compressed = (plain: Uint8Array) =>
  Uint8Array.of(MESSAGE_TYPE.compressed, ...packStruct({ Algo: 0, Buf: deflateLzw(plain) }));

test("a packet that inflates beyond 64 KiB is refused, one at the limit is not a bomb", () => {
  expect(() => openPacket(compressed(new Uint8Array(65_537)), IN_THE_CLEAR)).toThrow("bomb");
  expect(() => openPacket(compressed(new Uint8Array(65_536)), IN_THE_CLEAR)).not.toThrow("bomb");
});

test("the parts of one packet inflate to 64 KiB together", () => {
  const part = compressed(Uint8Array.of(MESSAGE_TYPE.user, ...new Uint8Array(40_000)));
  const head = [MESSAGE_TYPE.compound, 2, part.length >> 8, part.length & 255];
  const both = Uint8Array.of(...head, part.length >> 8, part.length & 255, ...part, ...part);
  const { messages, dropped } = openPacket(both, IN_THE_CLEAR);
  expect([messages.length, dropped]).toEqual([1, ["bomb"]]);
});

test("one packet holds one bomb: after it nothing is inflated, and no more parts are read than a compound has", () => {
  const compound = (parts: readonly Uint8Array[]) => {
    const lengths = parts.flatMap(({ length }) => [length >> 8, length & 255]);
    return Buffer.concat([
      Uint8Array.of(MESSAGE_TYPE.compound, parts.length, ...lengths),
      ...parts,
    ]);
  };
  const good = compressed(Uint8Array.of(MESSAGE_TYPE.user, 1, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3));
  const bomb = compressed(new Uint8Array(70_000));
  expect(openPacket(compound([good, bomb, good]), IN_THE_CLEAR)).toMatchObject({
    ...{ messages: [{ kind: "user" }], dropped: ["bomb", "bomb"] },
  });
  const empty = compound(Array.from({ length: 128 }, () => new Uint8Array()));
  expect(openPacket(empty, IN_THE_CLEAR).dropped).toHaveLength(128);
  expect(() => openPacket(compound([empty, empty]), IN_THE_CLEAR)).toThrow("nesting");
});

test("a packet whose checksum does not fit is refused", () => {
  const packet = golden("serf").find(({ bytes }) => bytes[0] === MESSAGE_TYPE.checksum)?.bytes;
  const broken = Uint8Array.from(packet ?? []);
  expect(openPacket(broken, IN_THE_CLEAR).messages.length).toBeGreaterThan(0);
  broken[1] = (broken[1] ?? 0) ^ 1;
  expect(() => openPacket(broken, IN_THE_CLEAR)).toThrow("checksum");
});

test("layers inside layers end", () => {
  let packet = Uint8Array.of(MESSAGE_TYPE.nack, ...packStruct({ SeqNo: 1 }));
  const wrap = (inner: Uint8Array) =>
    Uint8Array.of(MESSAGE_TYPE.compound, 1, inner.length >> 8, inner.length & 255, ...inner);
  for (let layer = 0; layer < 8; layer++) packet = wrap(packet);
  expect(openPacket(packet, IN_THE_CLEAR).messages).toHaveLength(1);
  expect(() => openPacket(wrap(packet), IN_THE_CLEAR)).toThrow("nesting");
});

test("a billion announced members, and arrays in arrays, cost nothing", () => {
  const head = packStruct({ Join: false, Nodes: 1_000_000_000, UserStateLen: 0 });
  const billion = sealStream(Uint8Array.of(MESSAGE_TYPE["push-pull"], ...head), IN_THE_CLEAR);
  expect(() => viewIn(billion, IN_THE_CLEAR)).toThrow("1000000000 members");
  const deep = Uint8Array.of(MESSAGE_TYPE.ack, 0x81, 0xa1, 0x50, ...Array(60_000).fill(0x91), 1, 0);
  expect(openPacket(deep, IN_THE_CLEAR).messages).toEqual([{ kind: "ack", seq: 0 }]);
  expect(() => openPacket(deep.subarray(0, 50_000), IN_THE_CLEAR)).toThrow("cut off");
  const one = packStruct({ Join: false, Nodes: 1, UserStateLen: 0 });
  const pairs = Buffer.alloc(300_000, Uint8Array.of(0xa1, 0x78, 0xc0));
  const long = Buffer.concat([
    Uint8Array.of(MESSAGE_TYPE["push-pull"]),
    one,
    Uint8Array.of(0xdf, 0, 1, 0x86, 0xa0),
    pairs,
  ]);
  expect(() => viewIn(long, IN_THE_CLEAR)).toThrow("too many values");
});

test("a record that is useless takes no other one with it", () => {
  const view: PushPull = { isJoin: false, members: [], userState: new Uint8Array() };
  const member = (name: string) =>
    packStruct({
      Addr: Uint8Array.of(127, 0, 0, 1),
      Name: Buffer.from(name),
      Port: 7946,
      State: 0,
    });
  const head = packStruct({ Join: view.isJoin, Nodes: 3, UserStateLen: 0 });
  const body = Buffer.concat([
    Uint8Array.of(MESSAGE_TYPE["push-pull"]),
    head,
    ...["a", "", "c"].map(member),
  ]);
  expect(viewIn(body, IN_THE_CLEAR).members.map(({ record }) => record.name)).toEqual(["a", "c"]);
});
