import type { MemberBody } from "../../../src/control/api-types.ts";
import { formatPhi, formatSpan } from "../../../src/text/quantities.ts";
import type { PhiTrack } from "../picture/phi-history.ts";
import type { Scene } from "./scene.ts";

/** One member as a row of the table. */
export interface PeerRow {
  readonly name: string;
  readonly isSelf: boolean;
  readonly isSelected: boolean;
  readonly isMarked: boolean;
  readonly address: string;
  readonly state: MemberBody["state"];
  /** How long it has been so; empty while alive. */
  readonly stateFor: string;
  readonly phi: string;
  /** Phi as a share of the level of suspicion; null where there is no phi. */
  readonly share: number | null;
  readonly track: PhiTrack | undefined;
  readonly heard: string;
  readonly rtt: { readonly mean: string; readonly deviation: string } | undefined;
  readonly incarnation: string;
  /** Who accuses it, or through whom alone it is reached. */
  readonly accusers: string;
}

const PHI_SUSPECT_DEFAULT = 8;

export function phiSuspectOf({ picture }: Pick<Scene, "picture">): number {
  return picture.self?.body.phiSuspect ?? PHI_SUSPECT_DEFAULT;
}

/** The row of `member`. Ages are as the node told them, except that of the state, which goes on while nothing is read. */
export function peerRow(member: MemberBody, scene: Scene): PeerRow {
  const { picture, nowMs, selected } = scene;
  const isSelf = member.name === picture.members?.body.self;
  const sinceMs = Math.max(0, nowMs - (picture.members?.atMs ?? nowMs));
  const isLive = picture.connection.kind === "live";
  const stateForMs = member.stateForMs + (isLive ? sinceMs : 0);
  return {
    name: isSelf ? `${member.name} (self)` : member.name,
    isSelf,
    isSelected: member.name === selected?.name,
    isMarked: scene.marked.has(member.name),
    address: member.address,
    state: member.state,
    stateFor: member.state === "alive" ? "" : formatSpan(stateForMs),
    phi: formatPhi(member.phi),
    share: member.phi === null ? null : member.phi / phiSuspectOf(scene),
    track: picture.history.get(member.name),
    heard: member.lastHeardMs === null ? "-" : formatSpan(member.lastHeardMs),
    rtt: rttOf(member),
    incarnation: String(member.incarnation),
    accusers: accusersOf(member, picture.members?.body.self),
  };
}

function rttOf({ rttMs, rttDeviationMs }: MemberBody): PeerRow["rtt"] {
  if (rttMs === null) return undefined;
  const digits = rttMs < 99.95 ? 1 : 0;
  return { mean: rttMs.toFixed(digits), deviation: (rttDeviationMs ?? 0).toFixed(digits) };
}

function accusersOf({ accusers, reachedThrough }: MemberBody, self: string | undefined): string {
  const names = accusers.map((name) => (name === self ? "self" : name));
  const accused = names.length === 0 ? [] : [`${names.length}: ${names.join(", ")}`];
  const detour = reachedThrough === null ? [] : [`reached via ${reachedThrough}`];
  return [...accused, ...detour].join("; ");
}
