import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  accusation,
  belief,
  bodies,
  header,
  message,
  record,
  verdict,
} from "../../src/bench/fuzz/messages/arbitraries.ts";
import { InvariantError } from "../../src/core/errors.ts";
import type { BeliefUpdate, MemberRecord } from "../../src/core/member.ts";
import { plainService } from "../../src/core/member.ts";
import type { Header, Message, MessageBody } from "../../src/core/message.ts";
import { createCodec } from "../../src/wire/codec.ts";
import { createRecordInterner } from "../../src/wire/record/record-interner.ts";

const codec = createCodec({ clusterLabel: "test" });

const HEADER: Header = {
  sender: "a",
  startId: "69214d10" + "0123456789abcdef",
  incarnation: 1_795_383_145,
  counter: 7,
  stalledMs: 0,
};

function gossip(...updates: Message["updates"]): Message {
  return { header: HEADER, body: { kind: "gossip" }, updates };
}

function ping(over: Partial<Header> = {}): Message {
  const body: MessageBody = { kind: "ping", seq: 1, target: "b", digest: { high: 1, low: 2 } };
  return { header: { ...HEADER, ...over }, body, updates: [] };
}

const RECORD: MemberRecord = {
  name: "b",
  endpoint: { host: "127.0.0.1", port: 7001 },
  startId: HEADER.startId,
  incarnation: 4,
  tags: { zone: "eu", role: "db" },
  services: [plainService("pg", 5432)],
  api: "127.0.0.1:8001",
  protocol: { min: 1, max: 1 },
  takesWires: true,
};

function beliefIn(over: Partial<MemberRecord>): BeliefUpdate {
  return { kind: "belief", record: { ...RECORD, ...over }, state: "alive", ageMs: 0, by: "b" };
}

function decodedRecord(from: Message): MemberRecord {
  const [update] = codec.decode(codec.encode(from)).updates;
  if (update?.kind !== "belief") throw new Error("expected a belief");
  return update.record;
}

describe("what is encoded is decoded", () => {
  test.each(Object.entries(bodies))("%s comes back as it was", (_, body) => {
    fc.assert(
      fc.property(header, body, (head, sent) => {
        const whole: Message = { header: head, body: sent, updates: [] };
        expect(codec.decode(codec.encode(whole))).toStrictEqual(whole);
      }),
    );
  });

  test.each(Object.entries({ belief, accusation, verdict }))(
    "%s update comes back as it was",
    (_, update) => {
      fc.assert(
        fc.property(update, (sent) => {
          const whole = gossip(sent as Message["updates"][number]);
          expect(codec.decode(codec.encode(whole))).toStrictEqual(whole);
        }),
      );
    },
  );

  test("updates and news keep their order behind any body", () => {
    fc.assert(
      fc.property(message, (whole) => {
        expect(codec.decode(codec.encode(whole))).toStrictEqual(whole);
      }),
    );
  });

  test("a decoder keeps no view into the datagram", () => {
    fc.assert(
      fc.property(message, (whole) => {
        const datagram = codec.encode(whole);
        const decoded = codec.decode(datagram);
        datagram.fill(0xff);
        expect(decoded).toStrictEqual(whole);
      }),
    );
  });
});

describe("what the wire cannot carry exactly is rounded and capped", () => {
  test("spans travel in whole milliseconds", () => {
    expect(codec.decode(codec.encode(ping({ stalledMs: 12.6 }))).header.stalledMs).toBe(13);
    expect(codec.decode(codec.encode(ping({ stalledMs: 1e12 }))).header.stalledMs).toBe(
      0xffff_ffff,
    );
  });

  test.each([
    [8.126, 8.13],
    [1e9, 655.35],
    [Number.POSITIVE_INFINITY, 655.35],
    [-1, 0],
  ])("phi %d travels as %d", (phi, travelled) => {
    const sent = gossip({
      kind: "accusation",
      subject: "b",
      startId: HEADER.startId,
      incarnation: 4,
      accuser: "a",
      evidence: "silence",
      phi,
      revision: 0,
    });
    expect(codec.decode(codec.encode(sent)).updates[0]).toMatchObject({ phi: travelled });
  });

  test("a helper is never asked to wait longer than a minute", () => {
    const body: MessageBody = {
      kind: "ping-req",
      seq: 1,
      target: "b",
      endpoint: RECORD.endpoint,
      nackAfterMs: 1e6,
    };
    const decoded = codec.decode(codec.encode({ header: HEADER, body, updates: [] }));
    expect(decoded.body).toMatchObject({ nackAfterMs: 60_000 });
  });
});

describe("records are interned", () => {
  test("the same content is the same frozen object, in every codec that shares the interner", () => {
    const interner = createRecordInterner();
    const codecs = [0, 1].map(() => createCodec({ clusterLabel: "test", interner }));
    fc.assert(
      fc.property(record, (sent) => {
        const [one, two] = codecs.map((each) => {
          const [update] = each.decode(each.encode(gossip(beliefIn({ ...sent })))).updates;
          return update?.kind === "belief" ? update.record : undefined;
        });
        expect(one).toBe(two);
        expect([one, one?.tags, one?.services, one?.endpoint].every(Object.isFrozen)).toBe(true);
      }),
    );
  });

  test("the order of tags makes no other record", () => {
    const one = decodedRecord(gossip(beliefIn({ tags: { zone: "eu", role: "db" } })));
    const two = decodedRecord(gossip(beliefIn({ tags: { role: "db", zone: "eu" } })));
    expect(two).toBe(one);
  });

  test("another incarnation is another record", () => {
    const one = decodedRecord(gossip(beliefIn({ incarnation: 4 })));
    const two = decodedRecord(gossip(beliefIn({ incarnation: 5 })));
    expect([one.incarnation, two.incarnation]).toEqual([4, 5]);
  });

  test("an interner holds a bounded number of records, those used last", () => {
    const interner = createRecordInterner(10);
    for (let i = 0; i < 100; i++) {
      interner.put(`record ${i}`, { ...RECORD, name: `n${i}`, incarnation: i });
      interner.get("record 0");
    }
    const held = Array.from({ length: 100 }, (_, i) => interner.get(`record ${i}`)?.incarnation);
    expect(held.filter((incarnation) => incarnation !== undefined).length).toBeLessThanOrEqual(20);
    expect([held[0], held[99]]).toEqual([0, 99]);
  });

  test("of a member that is started again and again an interner holds the last records", () => {
    const interner = createRecordInterner();
    interner.put("another", { ...RECORD, name: "another" });
    for (let i = 0; i < 100; i++) interner.put(`record ${i}`, { ...RECORD, incarnation: i });
    const held = Array.from({ length: 100 }, (_, i) => interner.get(`record ${i}`)?.incarnation);
    expect(held.filter((incarnation) => incarnation !== undefined)).toEqual([96, 97, 98, 99]);
    expect(interner.get("another")?.name).toBe("another");
  });
});

function newsBound(news: Message["news"]): number {
  if (news === undefined) return 0;
  const bytes = news.messages.reduce(
    (sum, notice) => sum + codec.sizer.userMessageBytes(notice),
    0,
  );
  return codec.sizer.piggybackBaseBytes(news.held.length) + bytes;
}

describe("sizes", () => {
  test("the sizer is an upper bound of every datagram, and within 16 bytes of it", () => {
    fc.assert(
      fc.property(message, (whole) => {
        const { header: head, body, updates, news } = whole;
        const riding = updates.reduce((sum, update) => sum + codec.sizer.updateBytes(update), 0);
        const bound = codec.sizer.baseBytes(head, body) + riding + newsBound(news);
        const { length } = codec.encode(whole);
        expect(bound).toBeGreaterThanOrEqual(length);
        // A notice is sized once, with the longest age: four bytes more than the shortest.
        expect(bound - length).toBeLessThanOrEqual(16 + 4 * (news?.messages.length ?? 0));
      }),
    );
  });

  test("a view page filled by the sizer of its entries fits", () => {
    fc.assert(
      fc.property(header, bodies["view-page"], (head, body) => {
        if (body.kind !== "view-page") throw new Error("expected a view page");
        const empty = codec.sizer.baseBytes(head, { ...body, entries: [] });
        const filled = body.entries.reduce(
          (sum, entry) => sum + codec.sizer.viewEntryBytes(entry),
          empty,
        );
        const { length } = codec.encode({ header: head, body, updates: [] });
        expect(filled).toBeGreaterThanOrEqual(length);
        expect(filled - length).toBeLessThanOrEqual(16);
      }),
    );
  });

  test("a datagram over the budget is our own mistake", () => {
    const small = createCodec({ clusterLabel: "test", datagramBytesMax: 60 });
    expect(() => small.encode(ping({ sender: "a".repeat(64) }))).toThrow(InvariantError);
  });

  test("a ping between two short names takes less than 60 bytes", () => {
    expect(codec.encode(ping()).length).toBeLessThan(60);
  });
});
