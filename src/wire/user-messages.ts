import type { PiggybackedMessages, UserMessage, UserMessageMark } from "../core/user-message.ts";
import {
  arrayField,
  fieldError,
  integerField,
  nameField,
  optionalField,
  spanToWire,
  startIdField,
  textField,
  uint32Field,
} from "./fields.ts";
import { readUint32, startIdBytes, writeUint32 } from "./fixed-bytes.ts";
import {
  isPayload,
  MARKS_MAX,
  QUERY_TIMEOUT_MS_MAX,
  QUERY_TIMEOUT_MS_MIN,
  UINT32_MAX,
  USER_MESSAGES_MAX,
} from "./limits.ts";
import { arrayHeadSize, packedSize, type WireValue } from "./msgpack.ts";
import { numberedField, type Reading } from "./reading.ts";

// The position in this list is the number on the wire: add at the end only.
const USER_MESSAGE_KINDS = [
  "user-event",
  "query",
] as const satisfies readonly UserMessage["kind"][];

const MARK_BYTES = 4;

/** The elements that news adds to a payload, behind the updates. */
export function piggybackToWire({
  messages,
  held,
}: PiggybackedMessages): readonly [WireValue, WireValue] {
  return [messages.map(userMessageToWire), marksToWire(held)];
}

/** Undefined where a payload has no such elements. Messages of a newer kind are left out. @throws WireError `field` */
export function parsePiggybacked(
  notices: unknown,
  held: unknown,
  reading: Reading,
): PiggybackedMessages | undefined {
  if (!Array.isArray(notices)) return undefined;
  return {
    messages: notices.flatMap((each) => parseUserMessage(each, reading) ?? []),
    held: optionalField(held, "held", "bin", parseMarks) ?? [],
  };
}

/** With the longest age: a notice is sized once and sent at many. */
export function userMessageBytes(message: UserMessage): number {
  return packedSize(userMessageToWire({ ...message, ageMs: UINT32_MAX }));
}

/** PiggybackedMessages with so many marks and no notice; with room for the longer head of many notices. */
export function piggybackBaseBytes(held: number): number {
  return arrayHeadSize(USER_MESSAGES_MAX) + packedSize(new Uint8Array(held * MARK_BYTES));
}

function userMessageToWire(message: UserMessage): readonly WireValue[] {
  const { kind, origin, startId, seq, ageMs, name, payload } = message;
  const said = [origin, startIdBytes(startId), seq, spanToWire(ageMs), name, payload];
  const code = USER_MESSAGE_KINDS.indexOf(kind);
  return message.kind === "query"
    ? [code, ...said, spanToWire(message.timeoutMs)]
    : [code, ...said];
}

function parseUserMessage(value: unknown, reading: Reading): UserMessage | undefined {
  const [code, ...fields] = arrayField(value, "notice", 1);
  const kind = numberedField(code, "notice-kind", USER_MESSAGE_KINDS, reading);
  if (kind === undefined) return undefined;
  const said = {
    origin: nameField(fields[0], "notice origin"),
    startId: startIdField(fields[1], "notice start id"),
    seq: uint32Field(fields[2], "notice seq"),
    ageMs: uint32Field(fields[3], "notice age"),
    name: nameField(fields[4], "notice name"),
    payload: textField(fields[5], "notice payload", isPayload),
  };
  if (kind === "user-event") return { kind, ...said };
  const least = QUERY_TIMEOUT_MS_MIN;
  const timeoutMs = integerField(fields[6], "notice timeout", least, QUERY_TIMEOUT_MS_MAX);
  return { kind, ...said, timeoutMs };
}

function marksToWire(marks: readonly UserMessageMark[]): Uint8Array {
  const bytes = new Uint8Array(marks.length * MARK_BYTES);
  for (const [at, mark] of marks.entries()) writeUint32(bytes, at * MARK_BYTES, mark);
  return bytes;
}

function parseMarks(value: unknown): readonly UserMessageMark[] {
  const isList = value instanceof Uint8Array && value.length <= MARKS_MAX * MARK_BYTES;
  if (!isList || value.length % MARK_BYTES !== 0)
    throw fieldError("held", "is not a list of marks");
  return Array.from({ length: value.length / MARK_BYTES }, (_, at) =>
    readUint32(value, at * MARK_BYTES),
  );
}
