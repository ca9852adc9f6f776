import { describe, expect, test } from "vitest";
import type { BeliefUpdate } from "../../src/core/member.ts";
import type { Header, MessageBody } from "../../src/core/message.ts";
import { createCodec } from "../../src/wire/codec.ts";
import {
  ADVERTISED_BYTES_MAX,
  ANSWER_BYTES_MAX,
  API_BYTES_MAX,
  DATAGRAM_BYTES_MAX,
  DATAGRAM_BYTES_MIN,
  LABEL_BYTES_MAX,
  MARKS_MAX,
  NAME_BYTES_MAX,
  PAYLOAD_BYTES_MAX,
  PROFILE_BYTES_MAX,
  QUERY_TIMEOUT_MS_MAX,
  UINT32_MAX,
  UPDATES_MAX,
  USER_MESSAGES_MAX,
  VERSION_BYTES_MAX,
} from "../../src/wire/limits.ts";
import { advertisedComplaint } from "../../src/wire/record/advertised.ts";
import { sealOf } from "../keys/sealed.ts";

const NAME = "n".repeat(NAME_BYTES_MAX);
const START_ID = "f".repeat(24);
const ENDPOINT = { host: "2001:db8:1:2:3:4:5:6", port: 65_535 };
const HASH = { high: UINT32_MAX, low: UINT32_MAX };

// Sealed, as a member of a cluster with a key sends: what is in the clear is 36 bytes shorter.
const codec = createCodec({ clusterLabel: "l".repeat(LABEL_BYTES_MAX), seal: sealOf([1]) });

const HEADER: Header = {
  sender: NAME,
  startId: START_ID,
  incarnation: UINT32_MAX,
  counter: UINT32_MAX,
  stalledMs: UINT32_MAX,
};

// One tag: two array heads, the key of one letter with its head, three bytes before the value.
const LARGEST_TAGS = { t: "v".repeat(ADVERTISED_BYTES_MAX - 2 - 2 - 3) };

const LARGEST_BELIEF: BeliefUpdate = {
  kind: "belief",
  record: {
    name: NAME,
    endpoint: ENDPOINT,
    startId: START_ID,
    incarnation: UINT32_MAX,
    tags: LARGEST_TAGS,
    services: [],
    api: "h".repeat(API_BYTES_MAX),
    protocol: { min: 255, max: 255 },
    takesWires: true,
    version: "9".repeat(VERSION_BYTES_MAX),
  },
  state: "dead",
  ageMs: UINT32_MAX,
  by: NAME,
};

const seq = UINT32_MAX;
const profile = "p".repeat(PROFILE_BYTES_MAX);

function syncRequest(bucketBits: number): MessageBody {
  const hashes = new Array<typeof HASH>(2 ** bucketBits).fill(HASH);
  return { kind: "sync-request", seq, profile, bucketBits, hashes, after: NAME };
}

const CARRIERS: readonly MessageBody[] = [
  { kind: "ping", seq, target: NAME, digest: HASH },
  { kind: "ack", seq, digest: HASH },
  { kind: "not-me", seq, target: NAME },
  { kind: "ping-req", seq, target: NAME, endpoint: ENDPOINT, nackAfterMs: 60_000 },
  { kind: "relayed-ack", seq, target: NAME, startId: START_ID, incarnation: UINT32_MAX },
  { kind: "nack", seq, target: NAME, refused: true },
  { kind: "gossip" },
  { kind: "record-request", member: NAME },
  syncRequest(4),
  { kind: "sync-page", seq, buckets: Array.from({ length: 64 }, (_, i) => i), next: NAME },
  { kind: "sync-push" },
  { kind: "join-refused", seq, profile },
  { kind: "conflict", name: NAME, holder: ENDPOINT, holderStartId: START_ID },
  { kind: "view-request", seq, after: NAME },
];

describe("one full belief always travels", () => {
  test("the tags of the test are the longest that may be advertised", () => {
    expect(advertisedComplaint(LARGEST_TAGS, [])).toBeUndefined();
    expect(advertisedComplaint({ t: `${LARGEST_TAGS.t}v` }, [])).toContain("513 bytes");
  });

  test.each(CARRIERS.map((body) => [body.kind, body] as const))(
    "the largest %s leaves it room in the smallest datagram that may be configured",
    (_, body) => {
      const bytes = codec.sizer.baseBytes(HEADER, body) + codec.sizer.updateBytes(LARGEST_BELIEF);
      expect(bytes).toBeLessThanOrEqual(DATAGRAM_BYTES_MIN);
    },
  );

  test("a sync request of 32 buckets leaves it room in 1,400 bytes", () => {
    const bytes =
      codec.sizer.baseBytes(HEADER, syncRequest(5)) + codec.sizer.updateBytes(LARGEST_BELIEF);
    expect(bytes).toBeLessThanOrEqual(1400);
  });

  test("a sync request of 64 buckets fits the smallest datagram by itself", () => {
    expect(codec.sizer.baseBytes(HEADER, syncRequest(6))).toBeLessThanOrEqual(DATAGRAM_BYTES_MIN);
  });
});

test("the largest notice travels beside the largest ping with all its marks", () => {
  const ping: MessageBody = { kind: "ping", seq, target: NAME, digest: HASH };
  const bytes =
    codec.sizer.baseBytes(HEADER, ping) +
    codec.sizer.piggybackBaseBytes(MARKS_MAX) +
    codec.sizer.userMessageBytes({
      kind: "query",
      origin: NAME,
      startId: START_ID,
      seq,
      ageMs: 0,
      name: NAME,
      payload: "v".repeat(PAYLOAD_BYTES_MAX),
      timeoutMs: QUERY_TIMEOUT_MS_MAX,
    });
  expect(bytes).toBeLessThanOrEqual(DATAGRAM_BYTES_MIN);
});

test("the largest answer fits the smallest datagram that may be configured", () => {
  const answer = "v".repeat(ANSWER_BYTES_MAX);
  const bytes = codec.sizer.baseBytes(HEADER, { kind: "answer", seq, startId: START_ID, answer });
  expect(bytes).toBeLessThanOrEqual(DATAGRAM_BYTES_MIN);
});

test("no datagram has room for more than 64 notices", () => {
  const bytes = codec.sizer.userMessageBytes({
    kind: "user-event",
    origin: "a",
    startId: START_ID,
    seq: 1,
    ageMs: 0,
    name: "a",
    payload: "",
  });
  // Sized with the longest age, which takes four bytes more than the shortest.
  expect(bytes - 4).toBe(23);
  expect((bytes - 4) * (USER_MESSAGES_MAX + 1)).toBeGreaterThan(DATAGRAM_BYTES_MAX);
});

test("no datagram has room for more than 64 updates", () => {
  const bytes = codec.sizer.updateBytes({
    kind: "verdict",
    subject: "a",
    startId: START_ID,
    incarnation: 0,
    state: "left",
    by: "a",
    cause: "leave",
  });
  const envelope = 20;
  expect(bytes).toBe(23);
  expect(envelope + bytes * (UPDATES_MAX + 1)).toBeGreaterThan(DATAGRAM_BYTES_MAX);
});
