import type {
  AccusationReason,
  AccusationUpdate,
  BeliefUpdate,
  DeathsUpdate,
  MemberState,
  Update,
  VerdictCause,
  VerdictUpdate,
} from "../core/member.ts";
import { deathBytes, deathsField } from "./death-marks.ts";
import {
  arrayField,
  fieldError,
  nameField,
  optionalField,
  phiField,
  phiToWire,
  spanToWire,
  startIdField,
  uint32Field,
} from "./fields.ts";
import { startIdBytes } from "./fixed-bytes.ts";
import { pack, type WireValue } from "./msgpack.ts";
import { numberedField, type Reading } from "./reading.ts";
import { readRecord, recordBytes } from "./record/record.ts";

// The position in these lists is the number on the wire: add at the end only.
const UPDATE_KINDS = [
  "belief",
  "accusation",
  "verdict",
  "deaths",
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

/** How a cause of a newer version is read: as one that says no more than the state. */
const CAUSE_UNKNOWN = { dead: "quorum", left: "leave", forgotten: "forget" } as const;

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

/** Undefined for an update, or a state, of a newer version. @throws WireError `field` for a bad value */
export function parseUpdate(value: unknown, reading: Reading): Update | undefined {
  const [kind, ...fields] = arrayField(value, "update", 1);
  switch (numberedField(kind, "update-kind", UPDATE_KINDS, reading)) {
    case "belief":
      return parseBelief(arrayField(fields, "belief", 4), reading);
    case "accusation":
      return parseAccusation(arrayField(fields, "accusation", 6), reading);
    case "verdict":
      return parseVerdict(arrayField(fields, "verdict", 6), reading);
    case "deaths":
      return parseDeaths(arrayField(fields, "deaths", 2), reading);
    case undefined:
      return undefined;
  }
}

/** The code of a state. */
export function stateToWire(state: MemberState): number {
  return STATES.indexOf(state);
}

/** A state from its code; undefined for one of a newer version. @throws WireError `field` */
export function stateField(value: unknown, reading: Reading): MemberState | undefined {
  return numberedField(value, "state", STATES, reading);
}

function updateToWire(update: Update): readonly WireValue[] {
  switch (update.kind) {
    case "belief":
      return beliefToWire(update);
    case "accusation":
      return accusationToWire(update);
    case "verdict":
      return verdictToWire(update);
    case "deaths":
      return [CAUSES.indexOf(update.cause), deathBytes(update.deaths)];
  }
}

function beliefToWire(belief: BeliefUpdate): readonly WireValue[] {
  const { record, state, ageMs, by, wasRefused } = belief;
  const fields = [stateToWire(state), spanToWire(ageMs), by, recordBytes(record)];
  return wasRefused === true ? [...fields, true] : fields;
}

function parseBelief(fields: readonly unknown[], reading: Reading): BeliefUpdate | undefined {
  const [code, ageMs, by, record, wasRefused] = fields;
  if (!(record instanceof Uint8Array)) throw fieldError("belief record", "is not bytes");
  const state = stateField(code, reading);
  if (state === undefined) return undefined;
  return {
    kind: "belief",
    record: readRecord(record, reading),
    state,
    ageMs: uint32Field(ageMs, "belief age"),
    by: nameField(by, "belief by"),
    ...(wasRefused === true && REFUSED),
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

// Evidence of a newer version is read as the kind that says least.
function parseAccusation(fields: readonly unknown[], reading: Reading): AccusationUpdate {
  return {
    kind: "accusation",
    subject: nameField(fields[0], "accusation subject"),
    startId: startIdField(fields[1], "accusation start id"),
    incarnation: uint32Field(fields[2], "accusation incarnation"),
    accuser: nameField(fields[3], "accuser"),
    evidence: numberedField(fields[4], "evidence", EVIDENCES, reading) ?? "silence",
    phi: phiField(fields[5], "accusation phi"),
    revision: optionalField(fields[6], "accusation revision", "number", uint32Field) ?? 0,
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

function parseVerdict(fields: readonly unknown[], reading: Reading): VerdictUpdate | undefined {
  const state = stateField(fields[3], reading);
  if (state === undefined) return undefined;
  if (state === "alive" || state === "suspect") throw fieldError("verdict state", "is not final");
  return {
    kind: "verdict",
    subject: nameField(fields[0], "verdict subject"),
    startId: startIdField(fields[1], "verdict start id"),
    incarnation: uint32Field(fields[2], "verdict incarnation"),
    state,
    by: nameField(fields[4], "verdict by"),
    cause: numberedField(fields[5], "cause", CAUSES, reading) ?? CAUSE_UNKNOWN[state],
  };
}

function parseDeaths(fields: readonly unknown[], reading: Reading): DeathsUpdate {
  return {
    kind: "deaths",
    cause: numberedField(fields[0], "cause", CAUSES, reading) ?? CAUSE_UNKNOWN.dead,
    deaths: deathsField(fields[1]),
  };
}
