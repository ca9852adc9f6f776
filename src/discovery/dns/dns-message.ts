import {
  type Answer,
  type DecodedPacket,
  decode as decodePacket,
  encode as encodePacket,
  encodingLength,
  type Question,
} from "dns-packet";
import { answerQuestion, type DnsAnswer, type DnsCode, type DnsZone, plain } from "./dns-answer.ts";
import { RecordWriter } from "./record-writer.ts";

/** Who asks, and how. */
export interface DnsClient {
  readonly transport: "udp" | "tcp";
  /** Its address, without the port, which is another one with each query. */
  readonly asker: string;
  /** Whether that address is known to be its own, and not forged. */
  readonly isProven: boolean;
}

/** A response as it goes out, and its code for the counters. */
export interface DnsResponse {
  readonly bytes: Uint8Array;
  readonly code: DnsCode;
}

const HEADER_BYTES = 12;
/** Where the header counts questions, answers, authorities and additional records. */
const COUNTS_AT = [4, 6, 8, 10];
const ANSWER_COUNT_AT = 6;
/** Type and class, behind the name of a question. */
const QUESTION_TAIL_BYTES = 4;
/** Without EDNS0 (RFC 1035, 4.2.1), and to an address that may be forged. */
const UDP_BYTES_PLAIN = 512;
/** The most that is sent in one datagram, however large the client says its buffer is: what HAProxy may ask for. */
const UDP_BYTES_MAX = 8192;
const TCP_BYTES_MAX = 65_535;
/** Records of a query besides its question: none but that of EDNS0 has a use. */
const QUERY_RECORDS_MAX = 16;

const RESPONSE = 0x8000;
const AUTHORITATIVE = 0x0400;
const TRUNCATED = 0x0200;
const RECURSION_DESIRED = 0x0100;
const OPCODE_MASK = 0x7800;
const CODES: Readonly<Record<DnsCode, number>> = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
};

/**
 * The response to one query, which may be any bytes at all.
 *
 * @returns undefined for what deserves none: too short to be a query, or itself a response
 */
export function respond(
  zone: DnsZone,
  query: Buffer,
  { transport, asker, isProven }: DnsClient,
): DnsResponse | undefined {
  if (query.length < HEADER_BYTES) return undefined;
  const flags = query.readUInt16BE(2);
  if ((flags & RESPONSE) !== 0) return undefined;
  if ((flags & OPCODE_MASK) !== 0) return bare(query, "NOTIMP");
  const decoded = decode(query);
  if (decoded === undefined) return bare(query, "FORMERR");
  const { packet, question, questionEnd } = decoded;
  const isOurs = question.class === "IN" || question.class === "ANY";
  const whole = isOurs ? answerQuestion(zone, question.name, question.type) : plain("REFUSED");
  // Whoever forges its address asks for ANY. Over TCP, where nobody can, everything comes (RFC 8482, 4.4).
  const isLeftToTcp = (question.type as string) === "ANY" && transport === "udp";
  const answer = isLeftToTcp ? plain(whole.code) : whole;
  const edns = clientBufferBytes(packet);
  const bytesMax = transport === "tcp" ? TCP_BYTES_MAX : udpBytesMax(edns, isProven);
  const hasEdns = edns !== undefined;
  const fitted = fitRecords(answer, { name: question.name, questionEnd, bytesMax, hasEdns, asker });
  const sent = { ...fitted, isTruncated: fitted.isTruncated || isLeftToTcp };
  return { bytes: encode(query.subarray(0, questionEnd), answer.code, sent), code: answer.code };
}

interface Decoded {
  readonly packet: DecodedPacket;
  readonly question: Question;
  /** Where the question ends: up to there a query is repeated in its response, byte by byte. */
  readonly questionEnd: number;
}

/** The query, or undefined where it is not one question that can be read. */
function decode(query: Buffer): Decoded | undefined {
  // Looked at before the library makes room for as many as the counts claim.
  const [questions = 0, ...records] = COUNTS_AT.map((at) => query.readUInt16BE(at));
  if (questions !== 1 || records.reduce((sum, count) => sum + count) > QUERY_RECORDS_MAX) {
    return undefined;
  }
  try {
    const packet = decodePacket(query);
    const question = packet.questions?.[0];
    if (question === undefined) return undefined;
    // A name that is compressed, or no text, comes back as other bytes.
    const name = nameBytes(question.name);
    const questionEnd = HEADER_BYTES + name.length + QUESTION_TAIL_BYTES;
    const isPlain = query.subarray(HEADER_BYTES, HEADER_BYTES + name.length).equals(name);
    return isPlain && questionEnd <= query.length ? { packet, question, questionEnd } : undefined;
  } catch {
    return undefined;
  }
}

function nameBytes(name: string): Buffer {
  const packet = encodePacket({ type: "query", questions: [{ type: "A", name }] });
  return packet.subarray(HEADER_BYTES, packet.length - QUESTION_TAIL_BYTES);
}

/** What the client says it can take (EDNS0, RFC 6891); undefined without that. */
function clientBufferBytes({ additionals = [] }: DecodedPacket): number | undefined {
  for (const record of additionals) if (record.type === "OPT") return record.udpPayloadSize;
  return undefined;
}

/** Whoever forges its address says that it takes long answers: it is told to come over TCP (TC). */
function udpBytesMax(clientBytes: number | undefined, isProven: boolean): number {
  if (!isProven) return UDP_BYTES_PLAIN;
  return Math.min(Math.max(clientBytes ?? 0, UDP_BYTES_PLAIN), UDP_BYTES_MAX);
}

interface Asked {
  readonly name: string;
  readonly questionEnd: number;
  readonly bytesMax: number;
  readonly hasEdns: boolean;
  readonly asker: string;
}

interface Fitted {
  readonly records: Buffer;
  readonly counts: readonly [answers: number, authorities: number, additionals: number];
  readonly isTruncated: boolean;
}

/**
 * As many records as fit: the additional ones go first (RFC 2181, 9), then answers, which is told. Those that stay are the
 * same for the same asker as long as the endpoints are: whoever gets another part each time takes the rest for gone.
 */
function fitRecords(answer: DnsAnswer, asked: Asked): Fitted {
  const { name, questionEnd, bytesMax, asker } = asked;
  const options = asked.hasEdns ? [OPTION] : [];
  const writer = new RecordWriter(name, questionEnd, bytesMax);
  const empty = writer.state;
  const { answers, authorities } = answer;
  const whole = [...answers, ...authorities, ...answer.additionals, ...options];
  const { length: additional } = [...answer.additionals, ...options];
  const finish = (count: number, added: number): Fitted => ({
    records: writer.bytes,
    counts: [count, authorities.length, added],
    isTruncated: count < answers.length,
  });
  if (writer.write(whole) === whole.length) return finish(answers.length, additional);
  writer.restore(empty);
  const bare = [...answers, ...authorities, ...options];
  if (writer.write(bare) === bare.length) return finish(answers.length, options.length);
  const others = new RecordWriter(
    name,
    questionEnd,
    bytesMax - roomOf([...authorities, ...options]),
  );
  const kept = others.write(rankedFor(asker, answers));
  writer.restore(empty);
  const chosen = new Set(rankedFor(asker, answers).slice(0, kept));
  writer.write([...answers.filter((each) => chosen.has(each)), ...authorities, ...options]);
  return finish(kept, options.length);
}

/** The records in an order of the asker's own, which knows nothing of weights: those move all the time. */
function rankedFor(asker: string, answers: readonly Answer[]): Answer[] {
  const ranked = answers.map((record) => ({ record, rank: rankOf(asker, identityOf(record)) }));
  return ranked.sort((a, b) => a.rank - b.rank).map(({ record }) => record);
}

function identityOf(record: Answer): string {
  if (record.type === "SRV") return `${record.data.target}:${record.data.port}`;
  return record.type === "A" || record.type === "AAAA" ? record.data : record.type;
}

/** FNV-1a over both, with the finalizer of MurmurHash3. */
function rankOf(asker: string, identity: string): number {
  let hash = 0x811c9dc5;
  for (const character of `${asker} ${identity}`) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const OPTION: Answer = {
  type: "OPT",
  name: ".",
  udpPayloadSize: UDP_BYTES_MAX,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};

function roomOf(answers: readonly Answer[]): number {
  return encodingLength({ answers: [...answers] }) - HEADER_BYTES;
}

/** Header and question of the query, as they came, with the records behind them. */
function encode(asked: Buffer, code: DnsCode, { records, counts, isTruncated }: Fitted): Buffer {
  const response = Buffer.concat([asked, records]);
  for (const [at, count] of counts.entries())
    response.writeUInt16BE(count, ANSWER_COUNT_AT + 2 * at);
  const authority = code === "REFUSED" || code === "SERVFAIL" ? 0 : AUTHORITATIVE;
  writeFlags(response, code, authority | (isTruncated ? TRUNCATED : 0));
  return response;
}

/** A header alone, for what could not be read. */
function bare(query: Buffer, code: DnsCode): DnsResponse {
  const bytes = Buffer.alloc(HEADER_BYTES);
  query.copy(bytes, 0, 0, 4);
  writeFlags(bytes, code, 0);
  return { bytes, code };
}

function writeFlags(response: Buffer, code: DnsCode, flags: number): void {
  const kept = response.readUInt16BE(2) & (OPCODE_MASK | RECURSION_DESIRED);
  response.writeUInt16BE(RESPONSE | kept | flags | CODES[code], 2);
}
