import {
  type Answer,
  type DecodedPacket,
  decode,
  encode,
  type Packet,
  type RecordType,
} from "dns-packet";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DnsZone } from "../../../src/discovery/dns/dns-answer.ts";
import { respond } from "../../../src/discovery/dns/dns-message.ts";
import { instance } from "../builders.ts";
import { instances, zoneOf } from "./zone.ts";

const ID = 4711;

function query(name: string, type: RecordType, more: Partial<Packet> = {}): Buffer {
  return encode({ type: "query", id: ID, flags: 0x100, questions: [{ name, type }], ...more });
}

function edns(udpPayloadSize: number): Partial<Packet> {
  const additional = { type: "OPT", name: ".", udpPayloadSize, flags: 0, options: [] };
  return { additionals: [additional as unknown as Answer] };
}

/** The library tells the code, which its types leave out. */
type Response = DecodedPacket & { readonly rcode?: string };

function ask(zone: DnsZone, bytes: Buffer, transport: "udp" | "tcp" = "udp"): Response {
  const response = respond(zone, bytes, { transport, asker: "127.0.0.1", isProven: true });
  if (response === undefined) throw new Error("no response");
  return decode(Buffer.from(response.bytes));
}

function dataOf(answers: readonly Answer[] = []): unknown[] {
  return answers.map((answer) => ("data" in answer ? answer.data : undefined));
}

const zone = zoneOf([
  instance("a", { host: "10.0.0.1" }),
  instance("b", { host: "10.0.0.2", service: { tags: ["canary"], weight: 50 } }),
  instance("c", { host: "2001:db8::1" }),
  instance("d", { host: "10.0.0.4", state: "dead" }),
]);

describe("what is answered", () => {
  test.each([
    ["web.service.hearsay", "A", ["10.0.0.1", "10.0.0.2"]],
    ["web.service.hearsay", "AAAA", ["2001:db8::1"]],
    ["canary.web.service.hearsay", "A", ["10.0.0.2"]],
    ["a.node.hearsay", "A", ["10.0.0.1"]],
    ["d.node.hearsay", "A", ["10.0.0.4"]],
    ["0a000007.addr.hearsay", "A", ["10.0.0.7"]],
    ["hearsay", "NS", ["ns.hearsay"]],
  ] as const)("%s %s", (name, type, data) => {
    expect(dataOf(ask(zone, query(name, type)).answers).sort()).toEqual(data);
  });

  test("ANY brings everything over TCP, and over UDP no more bytes than it took to ask", () => {
    const name = "web.service.hearsay";
    expect(ask(zone, query(name, "ANY" as RecordType), "tcp").answers).toHaveLength(6);
    for (const asked of [
      query(name, "ANY" as RecordType),
      query(name, "ANY" as RecordType, edns(8192)),
    ]) {
      const response = respond(zone, asked, {
        transport: "udp",
        asker: "10.9.9.9",
        isProven: true,
      });
      expect(response?.bytes.length).toBeLessThanOrEqual(asked.length);
      expect(ask(zone, asked)).toMatchObject({ answers: [], flag_tc: true, rcode: "NOERROR" });
    }
  });

  test.each(["web.service.hearsay", "_web._tcp.hearsay", "_web._tcp.service.hearsay"])(
    "SRV of %s: port, weight in steps of 256, and a target whose address comes along",
    (name) => {
      const { answers, additionals } = ask(zone, query(name, "SRV"));
      expect(answers?.map((answer) => answer.type === "SRV" && answer.data)).toContainEqual({
        priority: 1,
        weight: 50 * 256 - 1,
        port: 8080,
        target: "b.node.hearsay",
      });
      expect(additionals).toContainEqual(
        expect.objectContaining({ type: "A", name: "b.node.hearsay", data: "10.0.0.2" }),
      );
    },
  );

  test("a tag is found whatever its case, as any name", () => {
    const tagged = zoneOf([instance("a", { service: { tags: ["Canary"] } })]);
    expect(dataOf(ask(tagged, query("canary.web.service.hearsay", "A")).answers)).toEqual([
      "10.0.0.1",
    ]);
  });

  test("a member whose name is that of several hosts in DNS is a target by its address", () => {
    const hosts = [instance("N1", { host: "10.0.0.1" }), instance("n1", { host: "10.0.0.2" })];
    const ambiguous = zoneOf(hosts, { hostOf: () => undefined });
    const { additionals } = ask(ambiguous, query("web.service.hearsay", "SRV"));
    expect(additionals?.map(({ name }) => name).sort()).toEqual([
      "0a000001.addr.hearsay",
      "0a000002.addr.hearsay",
    ]);
  });

  test("answers are authoritative, live for 0 s, and repeat the question as it was spelt", () => {
    const { id, flag_aa, flag_rd, answers, questions } = ask(
      zone,
      query("wEb.SerVice.hearsay", "A"),
    );
    expect({
      id,
      flag_aa,
      flag_rd,
      ttl: answers?.[0] && "ttl" in answers[0] && answers[0].ttl,
    }).toEqual({ id: ID, flag_aa: true, flag_rd: true, ttl: 0 });
    expect(questions).toEqual([{ name: "wEb.SerVice.hearsay", type: "A", class: "IN" }]);
  });

  test("in a panic all known endpoints come back, as they do over HTTP", () => {
    const dead = { state: "dead" } as const;
    const panicking = zoneOf([instance("a"), instance("b", dead), instance("c", dead)]);
    expect(ask(panicking, query("web.service.hearsay", "SRV")).answers).toHaveLength(3);
  });

  test("the order is shuffled", () => {
    const firsts = new Set(
      Array.from({ length: 200 }, () => {
        const mixed = zoneOf(instances(3), { random: Math.random });
        return dataOf(ask(mixed, query("web.service.hearsay", "A")).answers)[0];
      }),
    );
    expect(firsts.size).toBe(3);
  });
});

describe("what is not", () => {
  test.each([
    ["a service that nobody offers", "nope.service.hearsay", "A", "NXDOMAIN", 1],
    ["a tag that no endpoint has", "blue.web.service.hearsay", "A", "NXDOMAIN", 1],
    ["a node that is not known", "z.node.hearsay", "A", "NXDOMAIN", 1],
    ["a name of no form that there is", "x.hearsay", "A", "NXDOMAIN", 1],
    ["a type that the name has none of", "a.node.hearsay", "AAAA", "NOERROR", 1],
    ["a name that others lie below", "service.hearsay", "A", "NOERROR", 1],
    ["a type that nobody has", "web.service.hearsay", "MX", "NOERROR", 1],
    ["another zone", "example.com", "A", "REFUSED", 0],
  ] as const)("%s", (_what, name, type, code, authorities) => {
    const response = ask(zone, query(name, type));
    expect([
      response.rcode,
      response.answers,
      response.authorities?.map((each) => each.type),
    ]).toEqual([code, [], Array.from({ length: authorities }, () => "SOA")]);
  });

  test.each([
    ["web.service.hearsay", "SRV"],
    ["nope.service.hearsay", "A"],
    ["n0.node.hearsay", "A"],
    ["nope.node.hearsay", "A"],
  ] as const)(
    "while the node does not know its whole cluster, %s %s is a failure of the server",
    (name, type) => {
      const partial = zoneOf(instances(2), { ask: () => undefined, isWhole: () => false });
      expect(ask(partial, query(name, type))).toMatchObject({ rcode: "SERVFAIL", answers: [] });
    },
  );

  test("no endpoint to be used, but some known, is no data: the name is there", () => {
    const off = zoneOf([]);
    const known = zone.ask({ service: "web" });
    const ask0 = { ...off, ask: () => known && { ...known, endpoints: [] } };
    expect(ask(ask0, query("web.service.hearsay", "SRV"))).toMatchObject({
      rcode: "NOERROR",
      answers: [],
    });
  });
});

const UDP = { transport: "udp", asker: "127.0.0.1", isProven: true } as const;

describe("size", () => {
  const target = (answer: Answer) => (answer as { data: { target: string } }).data.target;
  const many = zoneOf(instances(60));

  test.each([
    ["without EDNS", {}, 512],
    ["with EDNS", edns(1232), 1232],
    ["with a buffer that is larger than any datagram of ours", edns(65_535), 8192],
  ])("%s a UDP response has at most %#", (_what, more, bytesMax) => {
    const response = respond(many, query("web.service.hearsay", "SRV", more), UDP);
    expect(response?.bytes.length).toBeLessThanOrEqual(bytesMax);
    const { answers = [], flag_tc } = decode(Buffer.from(response?.bytes ?? []));
    expect(answers.length).toBeGreaterThan(5);
    expect(flag_tc).toBe(answers.length < 60);
  });

  test("to an address that may be forged it has at most 512, whatever that says it takes, and is truncated", () => {
    const asked = query("web.service.hearsay", "SRV", edns(8192));
    const response = respond(many, asked, { ...UDP, asker: "10.9.9.9", isProven: false });
    expect(response?.bytes.length).toBeLessThanOrEqual(512);
    expect(decode(Buffer.from(response?.bytes ?? [])).flag_tc).toBe(true);
  });

  test("over TCP everything comes", () => {
    const { answers, additionals, flag_tc } = ask(many, query("web.service.hearsay", "SRV"), "tcp");
    expect([answers?.length, additionals?.length, flag_tc]).toEqual([60, 60, false]);
  });

  test("where only the additional addresses do not fit, they are left out, and nothing is truncated", () => {
    const few = zoneOf(instances(12));
    const { answers, additionals, flag_tc } = ask(few, query("web.service.hearsay", "SRV"));
    expect([answers?.length, additionals?.length, flag_tc]).toEqual([12, 0, false]);
  });

  test("a thousand endpoints fit a TCP response, with their addresses: names are compressed", () => {
    const bytes = query("_web._tcp.service.hearsay", "SRV");
    const { answers, additionals, flag_tc } = ask(zoneOf(instances(1000)), bytes, "tcp");
    expect([answers?.length, flag_tc]).toEqual([1000, false]);
    expect(additionals?.map(({ name }) => name)).toEqual(answers?.map(target));
  });

  test("what is cut is the same part for the same asker, whatever the weights, and another one for another", () => {
    let phi = 0;
    let seed = 1;
    // Weights and the order of answers move with each query.
    const moving = zoneOf([], {
      ask: (wanted) => {
        phi += 0.5;
        return zoneOf(instances(60).map((each) => ({ ...each, phi }))).ask(wanted);
      },
      random: () => {
        seed = (seed * 16_807) % 2_147_483_647;
        return seed / 2_147_483_647;
      },
    });
    const partOf = (asker: string) => {
      const bytes = query("web.service.hearsay", "SRV", edns(1232));
      const response = respond(moving, bytes, { transport: "udp", asker, isProven: true });
      const { answers = [] } = decode(Buffer.from(response?.bytes ?? []));
      return answers.map(target).sort().join(" ");
    };
    const parts = Array.from({ length: 8 }, () => partOf("10.0.0.1"));
    expect(new Set(parts).size).toBe(1);
    expect(partOf("10.0.0.2")).not.toBe(parts[0]);
  });

  test("when one of them goes, the others of that part stay", () => {
    const partOf = (count: number) => {
      const bytes = query("web.service.hearsay", "SRV", edns(1232));
      const { answers = [] } = ask(zoneOf(instances(count)), bytes);
      return answers.map(target);
    };
    const before = partOf(60);
    const after = new Set(partOf(59));
    const gone = before.filter((each) => !after.has(each));
    expect(before.length).toBeGreaterThan(15);
    expect(gone.length).toBeLessThanOrEqual(1);
  });

  test("whoever speaks EDNS is answered with it, nobody else", () => {
    const types = (more: Partial<Packet>) =>
      ask(zone, query("a.node.hearsay", "A", more)).additionals?.map(({ type }) => type);
    expect([types({}), types(edns(4096))]).toEqual([[], ["OPT"]]);
  });
});

describe("packets that are none", () => {
  const good = query("web.service.hearsay", "SRV", edns(4096));

  test.each([
    ["two questions", 4, 2],
    ["more records than a query can need", 10, 60_000],
  ])("%s: a format error", (_what, at, count) => {
    const bytes = Buffer.from(good);
    bytes.writeUInt16BE(count, at);
    expect(ask(zone, bytes)).toMatchObject({ id: ID, rcode: "FORMERR", questions: [] });
  });

  test("a name that points to itself: a format error", () => {
    const bytes = Buffer.concat([good.subarray(0, 12), Buffer.from([0xc0, 0x0c, 0, 1, 0, 1])]);
    bytes.writeUInt16BE(0, 10);
    expect(ask(zone, bytes).rcode).toBe("FORMERR");
  });

  test("another operation is not implemented, a response is not answered, nor is half a header", () => {
    const update = Buffer.from(good);
    update.writeUInt16BE(5 << 11, 2);
    const response = Buffer.from(good);
    response.writeUInt16BE(0x8000, 2);
    expect(ask(zone, update).rcode).toBe("NOTIMP");
    expect(respond(zone, response, UDP)).toBeUndefined();
    expect(respond(zone, good.subarray(0, 11), UDP)).toBeUndefined();
  });

  test("whatever comes, nothing is thrown, and what is answered has the id and is no longer than allowed", () => {
    const flipped = fc
      .array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 })
      .map((changes) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      });
    const cut = fc.nat(good.length).map((length) => good.subarray(0, length));
    const noise = fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(flipped, cut, noise), (bytes) => {
        const response = respond(zoneOf(instances(40)), bytes, UDP);
        if (response === undefined) return;
        expect(response.bytes.length).toBeLessThanOrEqual(8192);
        expect(Buffer.from(response.bytes).readUInt16BE(0)).toBe(bytes.readUInt16BE(0));
      }),
      { numRuns: 3000 },
    );
  });
});
