import { WireError } from "../../core/errors.ts";
import { compressedBytes, labelHeader, type PoolSecurity } from "./envelope.ts";
import { LzwInflater } from "./lzw.ts";
import { nameBytes } from "./member-name.ts";
import {
  MESSAGE_TYPE,
  type PoolMemberState,
  type PushPull,
  type PushPullState,
} from "./messages.ts";
import { addressBytes, RecordDraft } from "./pool-record.ts";
import { RawReader } from "./raw-reader.ts";
import { packStruct } from "./raw-writer.ts";

/** Most bytes of a stream before it is inflated, and after: memberlist's own limit for a view. */
export const STREAM_BYTES_MAX = 20 * 1024 * 1024;

/** A member of a pool says this many others at most; memberlist has no limit of its own. */
const MEMBERS_MAX = 20_000;

/** What is done between two chances for the event loop. */
const INFLATE_SLICE_BYTES = 256 * 1024;
const MEMBERS_SLICE = 25;

/** One member has 7 values and their keys; newer engines may say more. */
const VALUES_PER_MEMBER_MAX = 1000;

const STATES: readonly PoolMemberState[] = ["alive", "suspect", "dead", "left"];
const LENGTH_BYTES = 4;
const SEALED_HEAD_BYTES = 1 + LENGTH_BYTES;

/** The answering member refused the stream, in its own words. */
export class StreamRefused extends WireError {
  /** At most 200 characters. */
  readonly said: string;

  constructor(said: string) {
    super("refused", said);
    this.said = said;
  }
}

/** The bytes of a view for the one who dialled, with the label in front; in the clear without a key. */
export function sealPushPull(view: PushPull, security: PoolSecurity): Uint8Array {
  return Buffer.concat([labelHeader(security.label), sealStream(encodeView(view), security)]);
}

/** One message of a stream, sealed where there is a key. Answers carry no label. */
export function sealStream(plain: Uint8Array, { label, keyring }: PoolSecurity): Uint8Array {
  if (keyring === undefined) return plain;
  const head = sealedHead(keyring.sealedLength(plain.length));
  return Buffer.concat([head, keyring.seal(plain, Buffer.concat([head, label]))]);
}

/**
 * Reads the answer to a push/pull: run the generator to its end, with a turn of the event loop
 * between two steps where there is other work.
 *
 * @throws StreamRefused where the member says why it does not answer
 * @throws WireError `encrypted` or `key` where its answer is sealed and there is no fitting key;
 *   `bomb`, `garbage`, … for a broken stream
 */
export function* readPushPull(
  stream: Uint8Array,
  security: PoolSecurity,
): Generator<void, PushPull> {
  let bytes = yield* openStream(stream, security);
  yield;
  if (bytes[0] === MESSAGE_TYPE.compressed) {
    const inflater = new LzwInflater(compressedBytes(bytes.subarray(1)), STREAM_BYTES_MAX);
    while (!inflater.inflate(INFLATE_SLICE_BYTES)) yield;
    bytes = inflater.result();
  }
  if (bytes[0] === MESSAGE_TYPE.error) throw new StreamRefused(errorText(bytes));
  if (bytes[0] !== MESSAGE_TYPE["push-pull"]) throw new WireError("type", "no push/pull");
  return yield* decodeView(bytes.subarray(1));
}

/** Whether the beginning of a stream is the whole of it: then nothing more needs to be waited for. */
export function isWholeSealedStream(stream: Uint8Array): boolean {
  if (stream[0] !== MESSAGE_TYPE.encrypted || stream.length < SEALED_HEAD_BYTES) return false;
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  return stream.length >= SEALED_HEAD_BYTES + view.getUint32(1);
}

function* openStream(
  stream: Uint8Array,
  { label, keyring }: PoolSecurity,
): Generator<void, Uint8Array> {
  if (stream.length === 0) throw new WireError("closed");
  const isSealed = stream[0] === MESSAGE_TYPE.encrypted;
  if (!isSealed) {
    // A member that is asked with a key and has none says so in the clear.
    if (keyring !== undefined && innerType(stream) !== MESSAGE_TYPE.error) {
      throw new WireError("unencrypted");
    }
    return stream;
  }
  if (keyring === undefined) throw new WireError("encrypted");
  if (!isWholeSealedStream(stream)) throw new WireError("garbage", "cut off");
  const length = new DataView(stream.buffer, stream.byteOffset).getUint32(1);
  const head = stream.subarray(0, SEALED_HEAD_BYTES);
  const sealed = stream.subarray(SEALED_HEAD_BYTES, SEALED_HEAD_BYTES + length);
  return yield* keyring.tryKeys(sealed, Buffer.concat([head, label]));
}

/** The type inside a compressed layer that is small; else that of the layer. */
function innerType(stream: Uint8Array): number | undefined {
  if (stream[0] !== MESSAGE_TYPE.compressed) return stream[0];
  const inflater = new LzwInflater(compressedBytes(stream.subarray(1)), STREAM_BYTES_MAX);
  inflater.inflate(1);
  return inflater.result()[0];
}

function* decodeView(bytes: Uint8Array): Generator<void, PushPull> {
  const reader = new RawReader(bytes);
  const { count, userBytes, isJoin } = readHeader(reader);
  if (count > MEMBERS_MAX) throw new WireError("members", `${count} members`);
  const members: PushPullState[] = [];
  for (let at = 0; at < count; at++) {
    if (at % MEMBERS_SLICE === MEMBERS_SLICE - 1) yield;
    reader.allow(VALUES_PER_MEMBER_MAX);
    const member = readMember(reader);
    if (member !== undefined) members.push(member);
  }
  const userState = bytes.subarray(reader.offset, reader.offset + userBytes);
  if (userState.length < userBytes) throw new WireError("garbage", "cut off");
  return { isJoin, members, userState: new Uint8Array(userState) };
}

function readHeader(reader: RawReader): { count: number; userBytes: number; isJoin: boolean } {
  const header = { count: 0, userBytes: 0, isJoin: false };
  reader.struct((key) => {
    if (key === "Nodes") header.count = reader.unsigned(Number.MAX_SAFE_INTEGER);
    else if (key === "UserStateLen") header.userBytes = reader.unsigned(STREAM_BYTES_MAX);
    else if (key === "Join") header.isJoin = reader.boolean();
    else return false;
    return true;
  });
  return header;
}

/** Undefined for a record that no guest can use, such as one without a name: the others are good. */
function readMember(reader: RawReader): PushPullState | undefined {
  const draft = new RecordDraft();
  let state: PoolMemberState | undefined = "alive";
  reader.struct((key) => {
    if (key !== "State") return draft.read(key, reader);
    state = STATES[reader.unsigned(0xff)];
    return true;
  });
  try {
    return state === undefined ? undefined : { record: draft.record(), state };
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

function encodeView({ isJoin, members, userState }: PushPull): Uint8Array {
  const header = packStruct({
    Join: isJoin,
    Nodes: members.length,
    UserStateLen: userState.length,
  });
  const type = Uint8Array.of(MESSAGE_TYPE["push-pull"]);
  return Buffer.concat([type, header, ...members.map(encodeMember), userState]);
}

function encodeMember({ record, state }: PushPullState): Uint8Array {
  return packStruct({
    Addr: addressBytes(record.endpoint),
    Incarnation: record.incarnation,
    Meta: record.meta,
    Name: nameBytes(record.name),
    Port: record.endpoint.port,
    State: STATES.indexOf(state),
    Vsn: record.versions,
  });
}

function errorText(bytes: Uint8Array): string {
  let text = "";
  const reader = new RawReader(bytes, 1);
  reader.struct((key) => {
    if (key !== "Error") return false;
    text = new TextDecoder().decode(reader.raw().subarray(0, 200));
    return true;
  });
  return text;
}

function sealedHead(length: number): Uint8Array {
  const head = new Uint8Array(SEALED_HEAD_BYTES);
  head[0] = MESSAGE_TYPE.encrypted;
  new DataView(head.buffer).setUint32(1, length);
  return head;
}
