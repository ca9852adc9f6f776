import { invariant, WireError } from "../core/errors.ts";
import type { Update } from "../core/member.ts";
import type { Header, Message, MessageBody, MessageSizer } from "../core/message.ts";
import { bodyToWire, kindToWire, parseBody } from "./body.ts";
import { createEnvelope, type Envelope, type OpenedEnvelope } from "./envelope.ts";
import { arrayField, nameField, optionalField, spanToWire, uint32Field } from "./fields.ts";
import { DATAGRAM_BYTES_MAX, UPDATES_MAX } from "./limits.ts";
import {
  arrayHeadSize,
  pack,
  packedSize,
  unpack,
  type WireValue,
  writeArrayHead,
} from "./msgpack.ts";
import type { PassedOver, Reading } from "./reading.ts";
import { createRecordInterner, type RecordInterner } from "./record/record-interner.ts";
import type { Seal } from "./seal.ts";
import { parseUpdate, updateBytes } from "./update.ts";
import {
  parsePiggybacked,
  piggybackBaseBytes,
  piggybackToWire,
  userMessageBytes,
} from "./user-messages.ts";
import { viewEntryToWire } from "./view-entry.ts";

/** Messages to datagrams and back. */
export interface Codec {
  /** A fresh array. The core keeps to `datagramBytesMax` by the sizer: a longer datagram is an InvariantError. */
  encode(message: Message): Uint8Array;
  /**
   * @throws WireError with one of the reasons `too-short too-long version mode label plaintext key old-key seal garbage shape
   * field`, and nothing else, whatever the bytes are
   */
  decode(datagram: Uint8Array): Message;
  /** What `decode` left out of datagrams because only a newer version knows it. */
  readonly passedOver: Readonly<PassedOver>;
  readonly sizer: MessageSizer;
}

/** What a codec seals and opens datagrams with. */
export interface CodecOptions {
  /** Datagrams of another cluster are refused. 1 to 64 of `A-Z a-z 0-9 . _ -`. */
  readonly clusterLabel: string;
  /** What the members of a cluster with a key seal datagrams with. */
  readonly seal?: Seal | undefined;
  /** Largest datagram that `encode` makes; `decode` takes those of 1,472 bytes from everybody. */
  readonly datagramBytesMax?: number;
  /** Shared by simulated nodes; else the codec has one of its own. */
  readonly interner?: RecordInterner;
}

/** @throws ConfigError for a bad cluster label */
export function createCodec(options: CodecOptions): Codec {
  const { clusterLabel, seal, datagramBytesMax = DATAGRAM_BYTES_MAX } = options;
  const envelope = createEnvelope(clusterLabel, seal);
  const passedOver: PassedOver = {};
  const reading = { interner: options.interner ?? createRecordInterner(), passedOver };
  return {
    encode(message) {
      const datagram = encodeMessage(message, envelope);
      invariant(
        datagram.length <= datagramBytesMax,
        `a datagram of ${datagram.length} bytes (${message.body.kind}) fits ${datagramBytesMax}`,
      );
      return datagram;
    },
    decode: (datagram) => parsePayload(envelope.open(datagram), reading),
    passedOver,
    sizer: createSizer(envelope),
  };
}

// The updates come last, so that their bytes can be put behind a packed base without packing them again.
function baseToWire(header: Header, body: MessageBody, isSealed: boolean): WireValue {
  const { sender, incarnation, stalledMs, addressee } = header;
  const sealedAlone = isSealed && addressee !== undefined ? [addressee] : [];
  return [
    [sender, incarnation, spanToWire(stalledMs), ...sealedAlone],
    kindToWire(body.kind),
    bodyToWire(body),
    NO_UPDATES,
  ];
}

/** Room is left for it in every sealed datagram: who fills a page does not always know yet whom it is for. */
const ADDRESSEE_BYTES_MAX = 5;

const NO_UPDATES: readonly WireValue[] = [];

// PiggybackedMessages goes behind the updates and only where there is any: an older decoder skips it.
const PARTS = 4;
const PARTS_WITH_NEWS = 6;

function encodeMessage({ header, body, updates, news }: Message, envelope: Envelope): Uint8Array {
  const packed = updates.map(updateBytes);
  const added =
    news === undefined ? [] : piggybackToWire(news).map((part) => new Uint8Array(pack(part)));
  const base = pack(baseToWire(header, body, envelope.isSealed));
  const { headBytes, tailBytes } = envelope;
  const updatesAt = headBytes + base.length - arrayHeadSize(0);
  const datagram = new Uint8Array(
    updatesAt +
      arrayHeadSize(updates.length) +
      totalLength(packed) +
      totalLength(added) +
      tailBytes,
  );
  datagram.set(base, headBytes);
  if (news !== undefined) writeArrayHead(datagram, headBytes, PARTS_WITH_NEWS);
  let at = writeArrayHead(datagram, updatesAt, updates.length);
  for (const bytes of [...packed, ...added]) {
    datagram.set(bytes, at);
    at += bytes.length;
  }
  envelope.write(datagram, header.startId, header.counter);
  return datagram;
}

function totalLength(parts: readonly Uint8Array[]): number {
  let length = 0;
  for (const part of parts) length += part.length;
  return length;
}

function createSizer(envelope: Envelope): MessageSizer {
  const headGrowth = arrayHeadSize(UPDATES_MAX) - arrayHeadSize(0);
  return {
    updateBytes: (update: Update) => updateBytes(update).length,
    userMessageBytes,
    piggybackBaseBytes,
    viewEntryBytes: (entry) => packedSize(viewEntryToWire(entry)),
    // A view page that is still empty has to have room for the longer head of its entries, too.
    baseBytes: (header, body) =>
      envelope.headBytes +
      envelope.tailBytes +
      packedSize(baseToWire(header, body, false)) +
      (envelope.isSealed ? ADDRESSEE_BYTES_MAX : 0) +
      headGrowth +
      (body.kind === "view-page" ? headGrowth : 0),
  };
}

function parsePayload(
  { startId, counter, payload, isSealed }: OpenedEnvelope,
  reading: Reading,
): Message {
  const parts = unpack(payload);
  if (!Array.isArray(parts) || parts.length < PARTS) throw new WireError("shape");
  const [head, kind, body, updates, notices, held] = parts as readonly unknown[];
  const [sender, incarnation, stalledMs, addressee] = arrayField(head, "header", 3);
  const facts = arrayField(updates, "updates", 0);
  if (facts.length > UPDATES_MAX) throw new WireError("field", "updates has too many elements");
  const news = parsePiggybacked(notices, held, reading);
  return {
    header: {
      sender: nameField(sender, "sender"),
      startId,
      incarnation: uint32Field(incarnation, "incarnation"),
      counter,
      stalledMs: uint32Field(stalledMs, "stalledMs"),
      ...(isSealed && parseAddressee(addressee)),
    },
    body: parseBody(kind, body, reading),
    updates: facts.flatMap((update) => parseUpdate(update, reading) ?? []),
    ...(news && { news }),
  };
}

// In the clear nobody would have to believe it, and the place is empty.
function parseAddressee(value: unknown): Pick<Header, "addressee"> {
  if (value === null) return { addressee: null };
  const addressee = optionalField(value, "addressee", "number", uint32Field);
  return addressee === undefined ? {} : { addressee };
}
