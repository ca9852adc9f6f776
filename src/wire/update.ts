import { WireError } from "../core/errors.ts";
import type {
  AccusationReason,
  AccusationUpdate,
  BeliefUpdate,
  MemberState,
  Update,
  VerdictCause,
  VerdictUpdate,
} from "../core/member.ts";
import {
  arrayField,
  booleanField,
  codeField,
  fieldError,
  nameField,
  phiField,
  phiToWire,
  spanToWire,
  startIdField,
  uint32Field,
} from "./fields.ts";
import { startIdBytes } from "./fixed-bytes.ts";
import { pack, type WireValue } from "./msgpack.ts";
import { readRecord, recordBytes } from "./record/record.ts";
import type { RecordInterner } from "./record/record-interner.ts";

// The position in these lists is the number on the wire: add at the end only.
const UPDATE_KINDS = [
  "belief",
  "accusation",
  "verdict",
] as const satisfies readonly Update["kind"][];
const STATES: readonly MemberState[] = ["alive", "suspect", "dead", "left", "forgotten"];
const EVIDENCES: readonly AccusationReason[] = [
  "silence",
  "refused",
  "crashed",
  "frozen",
  "unreachable",
];
const CAUSES: readonly VerdictCause[] = [
  ...(["quorum", "timeout", "refusal", "leave", "forget"] as const),
  ...(["crash", "unreachable", "frozen"] as const),
];

const REFUSED = { wasRefused: true } as const;

const packedUpdates = new WeakMap<Update, Uint8Array>();

/** An update as it travels. It is sent many times, so its bytes are kept with the object. */
export function updateBytes(update: Update): Uint8Array {
  const known = packedUpdates.get(update);
  if (known !== undefined) return known;
  const bytes = new Uint8Array(pack([UPDATE_KINDS.indexOf(update.kind), ...updateToWire(update)]));
  packedUpdates.set(update, bytes);
  return bytes;
}

/** @throws WireError `update-kind` for one of a newer minor version, `field` for a bad value */
export function parseUpdate(value: unknown, interner: RecordInterner): Update {
  const [kind, ...fields] = arrayField(value, "update", 1);
  switch (UPDATE_KINDS[uint32Field(kind, "update kind")]) {
    case "belief":
      return parseBelief(arrayField(fields, "belief", 4), interner);
    case "accusation":
      return parseAccusation(arrayField(fields, "accusation", 6));
    case "verdict":
      return parseVerdict(arrayField(fields, "verdict", 6));
    default:
      throw new WireError("update-kind", "an update of a newer version");
  }
}

/** The code of a state. */
export function stateToWire(state: MemberState): number {
  return STATES.indexOf(state);
}

/** A state from its code. @throws WireError `field` */
export function stateField(value: unknown, what: string): MemberState {
  return codeField(value, what, STATES);
}

function updateToWire(update: Update): readonly WireValue[] {
  switch (update.kind) {
    case "belief":
      return beliefToWire(update);
    case "accusation":
      return accusationToWire(update);
    case "verdict":
      return verdictToWire(update);
  }
}

function beliefToWire(belief: BeliefUpdate): readonly WireValue[] {
  const { record, state, ageMs, by, wasRefused } = belief;
  const fields = [stateToWire(state), spanToWire(ageMs), by, recordBytes(record)];
  return wasRefused === true ? [...fields, true] : fields;
}

function parseBelief(fields: readonly unknown[], interner: RecordInterner): BeliefUpdate {
  const [state, ageMs, by, record, wasRefused] = fields;
  if (!(record instanceof Uint8Array)) throw fieldError("belief record", "is not bytes");
  return {
    kind: "belief",
    record: readRecord(record, interner),
    state: stateField(state, "belief state"),
    ageMs: uint32Field(ageMs, "belief age"),
    by: nameField(by, "belief by"),
    ...(wasRefused !== undefined && booleanField(wasRefused, "belief refused") && REFUSED),
  };
}

function accusationToWire(accusation: AccusationUpdate): readonly WireValue[] {
  const { revision } = accusation;
  const fields = [
    accusation.subject,
    startIdBytes(accusation.startId),
    accusation.incarnation,
    accusation.accuser,
    EVIDENCES.indexOf(accusation.evidence),
    phiToWire(accusation.phi),
  ];
  return revision === 0 ? fields : [...fields, revision];
}

function parseAccusation(fields: readonly unknown[]): AccusationUpdate {
  return {
    kind: "accusation",
    subject: nameField(fields[0], "accusation subject"),
    startId: startIdField(fields[1], "accusation start id"),
    incarnation: uint32Field(fields[2], "accusation incarnation"),
    accuser: nameField(fields[3], "accuser"),
    evidence: codeField(fields[4], "evidence", EVIDENCES),
    phi: phiField(fields[5], "accusation phi"),
    revision: fields[6] === undefined ? 0 : uint32Field(fields[6], "accusation revision"),
  };
}

function verdictToWire(verdict: VerdictUpdate): readonly WireValue[] {
  return [
    verdict.subject,
    startIdBytes(verdict.startId),
    verdict.incarnation,
    stateToWire(verdict.state),
    verdict.by,
    CAUSES.indexOf(verdict.cause),
  ];
}

function parseVerdict(fields: readonly unknown[]): VerdictUpdate {
  const state = stateField(fields[3], "verdict state");
  if (state === "alive" || state === "suspect") throw fieldError("verdict state", "is not final");
  return {
    kind: "verdict",
    subject: nameField(fields[0], "verdict subject"),
    startId: startIdField(fields[1], "verdict start id"),
    incarnation: uint32Field(fields[2], "verdict incarnation"),
    state,
    by: nameField(fields[4], "verdict by"),
    cause: codeField(fields[5], "verdict cause", CAUSES),
  };
}
