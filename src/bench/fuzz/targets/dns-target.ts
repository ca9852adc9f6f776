import { decode, encode, type Packet, type RecordType } from "dns-packet";
import { plainService } from "../../../core/member.ts";
import type { DnsZone } from "../../../discovery/dns/dns-answer.ts";
import { respond } from "../../../discovery/dns/dns-message.ts";
import { type Instance, selectEndpoints } from "../../../discovery/select-endpoints.ts";
import { mutateBytes } from "../mutate-bytes.ts";
import { demand, type FuzzTarget } from "../target.ts";

const INSTANCES = 40;
const UDP_BYTES_MAX = 8192;
const POLICY = { panicShare: 0.5, isIsolated: false, phiSuspect: 8 };

const NAMES = [
  ...["web.service.hearsay", "_web._tcp.service.hearsay", "v2.web.service.hearsay", "hearsay"],
  ...["n3.node.hearsay", "nobody.node.hearsay", "service.hearsay", "example.net", ""],
  ...["a0a0a07.addr.hearsay", "WEB.Service.HEARSAY", "_hearsay._udp.service.hearsay"],
];
const TYPES: readonly RecordType[] = ["A", "AAAA", "SRV", "TXT", "SOA", "NS", "PTR", "DS"];

/** Queries as a datagram and over TCP: no answer, or one with the id of its query that is not too long and can be read. */
export function createDnsTarget(): FuzzTarget {
  const zone = zoneOf(Array.from({ length: INSTANCES }, (_, at) => instanceAt(at)));
  return {
    name: "dns",
    isRepeatable: true,
    seeds: () => [...queries()],
    mutate: mutateBytes,
    attempt(input) {
      const query = Buffer.from(input);
      const udp = respond(zone, query, { transport: "udp", asker: "127.0.0.1", isProven: true });
      const tcp = respond(zone, query, { transport: "tcp", asker: "127.0.0.1", isProven: true });
      demand(
        (udp === undefined) === (tcp === undefined),
        "both ways a query has an answer, or none",
      );
      if (udp === undefined || tcp === undefined) return "no answer";
      demand(udp.bytes.length <= UDP_BYTES_MAX, "an answer by datagram is not too long");
      demand(tcp.bytes.length <= 65_535, "an answer by TCP is not too long");
      for (const { bytes } of [udp, tcp]) {
        const response = Buffer.from(bytes);
        demand(response.readUInt16BE(0) === query.readUInt16BE(0), "an answer has its query's id");
        decode(response);
      }
      return udp.code;
    },
  };
}

function* queries(): Generator<Uint8Array> {
  for (const name of NAMES) {
    for (const type of TYPES) {
      const question = {
        type: "query",
        id: 7,
        flags: 0x0100,
        questions: [{ type, name }],
      } as Packet;
      yield Uint8Array.from(encode(question));
      const edns = {
        type: "OPT",
        name: ".",
        udpPayloadSize: 1232,
        extendedRcode: 0,
        ednsVersion: 0,
      };
      const option = { ...edns, flags: 0, flag_do: false, options: [] };
      yield Uint8Array.from(encode({ ...question, additionals: [option] } as Packet));
    }
  }
}

function zoneOf(instances: readonly Instance[]): DnsZone {
  return {
    hostOf: (name) => instances.find(({ member }) => member === name.toLowerCase())?.host,
    ask: (query) => ({
      ...{ service: query.service, index: 1, panicSince: null },
      ...selectEndpoints(query.service === "web" ? instances : [], query, POLICY),
    }),
    isWhole: () => true,
    random: () => 0,
    ttlS: 0,
  };
}

function instanceAt(at: number): Instance {
  const service = { ...plainService("web", 8080), tags: at % 2 === 0 ? ["v2"] : [] };
  return {
    ...{ member: `n${at}`, host: at % 5 === 0 ? `fd00::${at + 1}` : `10.0.0.${at + 1}`, service },
    ...{ state: at % 7 === 3 ? "suspect" : "alive", stateForMs: 5000, phi: at / 10, slowness: 0 },
    ...{ rttMs: 1, reachedThrough: null, accusers: [], silence: null, refused: false },
    ...{ frozenSay: { accusers: 0, observers: 0 }, isCrashed: false },
  };
}
