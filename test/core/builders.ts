import { type NodeConfig, PROFILES } from "../../src/core/config.ts";
import type {
  AccusationUpdate,
  BeliefUpdate,
  Endpoint,
  MemberName,
  MemberRecord,
  MemberState,
  VerdictUpdate,
} from "../../src/core/member.ts";
import type { Header, MessageSizer } from "../../src/core/message.ts";
import { hash64 } from "../../src/core/primitives/hash.ts";

/** The protocol period of `CONFIG`. */
export const T = 1000;

/** Profile lan with a round grace of two periods, so that the rules are tested at round figures. */
export const CONFIG: NodeConfig = { ...PROFILES.lan, graceMs: 2 * T };

/** Sizes that are easy to count with. */
export const PLAIN_SIZER: MessageSizer = {
  updateBytes: () => 50,
  userMessageBytes: () => 60,
  piggybackBaseBytes: (held) => 3 + 4 * held,
  viewEntryBytes: () => 40,
  baseBytes: () => 100,
};

/** `count` names in order: m00, m01, … */
export function names(count: number): MemberName[] {
  return Array.from({ length: count }, (_, index) => `m${String(index).padStart(2, "0")}`);
}

/** An address of the name's own. */
export function endpointOf(name: MemberName): Endpoint {
  const { low } = hash64(name);
  return { host: `10.${low & 255}.${(low >>> 8) & 255}.${(low >>> 16) & 255}`, port: 7946 };
}

/** Another start of the same name is another number; the higher one started later. */
export function startIdOf(name: MemberName, start = 1): string {
  return start.toString(16).padStart(8, "0") + hash64(name).low.toString(16).padStart(16, "0");
}

export function record(name: MemberName, changes: Partial<MemberRecord> = {}): MemberRecord {
  return {
    name,
    endpoint: endpointOf(name),
    startId: startIdOf(name),
    incarnation: 1,
    tags: {},
    services: [],
    api: null,
    protocol: { min: 1, max: 1 },
    takesWires: true,
    ...changes,
  };
}

export function header(sender: MemberRecord, counter: number, stalledMs = 0): Header {
  const { name, startId, incarnation } = sender;
  return { sender: name, startId, incarnation, counter, stalledMs };
}

export function belief(
  about: MemberRecord,
  state: MemberState = "alive",
  changes: Partial<BeliefUpdate> = {},
): BeliefUpdate {
  return { kind: "belief", record: about, state, ageMs: 0, by: about.name, ...changes };
}

export function accusation(
  about: MemberRecord,
  accuser: MemberName,
  changes: Partial<AccusationUpdate> = {},
): AccusationUpdate {
  const { name: subject, startId, incarnation } = about;
  return {
    kind: "accusation",
    subject,
    startId,
    incarnation,
    accuser,
    evidence: "silence",
    phi: 8,
    revision: 0,
    ...changes,
  };
}

export function verdict(
  about: MemberRecord,
  state: VerdictUpdate["state"],
  by: MemberName,
  changes: Partial<VerdictUpdate> = {},
): VerdictUpdate {
  const { name: subject, startId, incarnation } = about;
  const cause = state === "dead" ? "quorum" : state === "left" ? "leave" : "forget";
  return { kind: "verdict", subject, startId, incarnation, state, by, cause, ...changes };
}
