import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { plainService } from "../../src/core/member.ts";
import type { Message } from "../../src/core/message.ts";
import { hash64 } from "../../src/core/primitives/hash.ts";
import { ClusterKey } from "../../src/keys/cluster-key.ts";
import { Keyring } from "../../src/keys/keyring.ts";
import { KeyringSeal } from "../../src/keys/keyring-seal.ts";
import { createCodec } from "../../src/wire/codec.ts";
import { createHelloCodec } from "../../src/wire/hello.ts";

const DOCUMENT = readFileSync(new URL("../../docs/protocol.md", import.meta.url), "utf8");

const HEADER: Message["header"] = {
  sender: "a",
  startId: "69214d100123456789abcdef",
  incarnation: 1_795_383_145,
  counter: 7,
  stalledMs: 0,
};

const PING: Message = {
  header: HEADER,
  body: { kind: "ping", seq: 300, target: "b", digest: { high: 0x82e818ae, low: 0xc2b5e256 } },
  updates: [],
};

const GOSSIP: Message = {
  header: HEADER,
  body: { kind: "gossip" },
  updates: [
    {
      kind: "belief",
      record: {
        name: "b",
        endpoint: { host: "10.0.0.2", port: 7946 },
        startId: HEADER.startId,
        incarnation: 7,
        tags: { zone: "eu" },
        services: [plainService("pg", 5432)],
        api: null,
        protocol: { min: 1, max: 1 },
        takesWires: true,
      },
      state: "alive",
      ageMs: 0,
      by: "b",
    },
    {
      kind: "accusation",
      subject: "c",
      startId: HEADER.startId,
      incarnation: 3,
      accuser: "a",
      evidence: "refused",
      phi: 8.13,
      revision: 0,
    },
  ],
};

const DEATHS: Message = {
  header: HEADER,
  body: { kind: "gossip" },
  updates: [
    {
      kind: "deaths",
      cause: "crash",
      deaths: [
        { nameHigh: hash64("a").high, incarnation: 3 },
        { nameHigh: hash64("node-17").high, incarnation: HEADER.incarnation },
      ],
    },
  ],
};

const NEWS: Message = {
  header: HEADER,
  body: PING.body,
  updates: [],
  news: {
    messages: [
      {
        kind: "query",
        origin: "c",
        startId: HEADER.startId,
        seq: 2,
        ageMs: 40,
        name: "load",
        payload: "?",
        timeoutMs: 5000,
      },
    ],
    held: [0x0ba1c2d3],
  },
};

/** The bytes of the block that the document calls `name`. */
function documented(name: string): Uint8Array {
  const block = new RegExp(`\`\`\`hex ${name}\n([^\`]*)\`\`\``).exec(DOCUMENT)?.[1] ?? "";
  return Uint8Array.from(Buffer.from(block.replace(/\s+/g, ""), "hex"));
}

/** The key and the salt of the sealed examples. */
function documentedSeal(purpose: "datagram" | "hello"): KeyringSeal {
  const key = new ClusterKey(Uint8Array.from({ length: 32 }, (_, at) => at));
  const freshSalt = () => Uint8Array.from({ length: 8 }, (_, at) => at + 1);
  return new KeyringSeal({ keyring: new Keyring([key], "require"), purpose, freshSalt });
}

describe("the datagrams printed in docs/protocol.md are what the codec speaks", () => {
  const codec = createCodec({ clusterLabel: "demo" });

  test.each([
    ["ping", PING],
    ["gossip", GOSSIP],
    ["deaths", DEATHS],
    ["news", NEWS],
  ])("%s", (name, message) => {
    expect(codec.encode(message)).toEqual(documented(name));
    expect(codec.decode(documented(name))).toStrictEqual(message);
  });

  test("hello", () => {
    const hello = { sender: "a", startId: HEADER.startId, target: "b" };
    const bytes = documented("hello");
    expect(createHelloCodec("demo").encode(hello)).toEqual(bytes);
    expect(createHelloCodec("demo").decode(bytes)).toEqual({ hello, bytes: bytes.length });
  });

  test("sealed", () => {
    const sealed = createCodec({ clusterLabel: "demo", seal: documentedSeal("datagram") });
    expect(sealed.encode(PING)).toEqual(documented("sealed"));
    expect(sealed.decode(documented("sealed"))).toStrictEqual(PING);
  });

  test("sealed hello", () => {
    const sealed = createHelloCodec("demo", documentedSeal("hello"));
    const challenge = new Uint8Array(16).fill(0xaa);
    const proof = { step: 1, challenge, answer: new Uint8Array(0) } as const;
    const hello = { sender: "a", startId: HEADER.startId, target: "b", proof };
    const bytes = documented("sealed-hello");
    expect(sealed.encode(hello)).toEqual(bytes);
    expect(sealed.decode(bytes)).toEqual({ hello, bytes: bytes.length });
  });

  test("every kind of message has the number of its row", () => {
    const rows = [...DOCUMENT.matchAll(/^\| (\d+) \| ([a-z-]+) \| .* \| .* \|$/gm)];
    const numbers = new Map(rows.map(([, number, name]) => [name, Number(number)]));
    const kinds = Object.keys(KIND_SAMPLES) as (keyof typeof KIND_SAMPLES)[];
    for (const kind of kinds) {
      const datagram = codec.encode({ ...PING, body: KIND_SAMPLES[kind] });
      expect([kind, datagram[KIND_AT]]).toEqual([kind, numbers.get(kind)]);
    }
  });
});

// Envelope (18 + 1 + 4), array head, header of nine bytes: the example above shows it.
const KIND_AT = 23 + 1 + 9;

const ENDPOINT = { host: "10.0.0.2", port: 7946 };
const HASH = { high: 0, low: 0 };
const KIND_SAMPLES: { readonly [K in Message["body"]["kind"]]: Message["body"] } = {
  ping: PING.body,
  ack: { kind: "ack", seq: 1, digest: HASH },
  "not-me": { kind: "not-me", seq: 1, target: "b" },
  "ping-req": { kind: "ping-req", seq: 1, target: "b", endpoint: ENDPOINT, nackAfterMs: 9 },
  "relayed-ack": {
    kind: "relayed-ack",
    seq: 1,
    target: "b",
    startId: HEADER.startId,
    incarnation: 1,
  },
  nack: { kind: "nack", seq: 1, target: "b", refused: false },
  gossip: { kind: "gossip" },
  "record-request": { kind: "record-request", member: "b" },
  "sync-request": {
    kind: "sync-request",
    seq: 1,
    profile: "lan",
    bucketBits: 0,
    hashes: [HASH],
    after: null,
  },
  "sync-page": { kind: "sync-page", seq: 1, buckets: [], next: null },
  "sync-push": { kind: "sync-push" },
  "join-refused": { kind: "join-refused", seq: 1, profile: "lan" },
  conflict: { kind: "conflict", name: "b", holder: ENDPOINT, holderStartId: HEADER.startId },
  "view-request": { kind: "view-request", seq: 1, after: null },
  "view-page": { kind: "view-page", seq: 1, digest: HASH, entries: [], next: null },
  answer: { kind: "answer", seq: 1, startId: HEADER.startId, answer: null },
  "answer-ack": { kind: "answer-ack", seq: 1 },
};
