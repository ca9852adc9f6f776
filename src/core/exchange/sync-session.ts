import type { NodeConfig } from "../config.ts";
import type { Endpoint, MemberName, Millis } from "../member.ts";
import { isLaterRow } from "../membership/row-order.ts";
import type { Hash64 } from "../primitives/hash.ts";

/** One sync under way, as its asker knows it. */
export interface Session {
  readonly peer: Endpoint;
  peerName: MemberName | undefined;
  readonly isJoin: boolean;
  /** As it began, this node knew no other. */
  readonly isIntroduction: boolean;
  /** Of this table as the sync began, so that all pages compare with the same thing. */
  readonly bucketBits: number;
  readonly hashes: readonly Hash64[];
  after: MemberName | null;
  /** False while it is a dial without an answer. */
  isAnswered: boolean;
  isPeerPartial: boolean;
  triesLeft: number;
  /** How often the present page was asked for. */
  tries: number;
  /** How long a page may be at most, as far as the path is known. */
  bytesMax: number;
  /** How long the last request for the present page was; whether longer ones went before it. */
  asked: number;
  hasShrunk: boolean;
  retryAt: Millis;
  /** Pages that came. */
  pages: number;
  received: number;
  pushed: number;
}

/** How far an exchange of pages has come. */
interface Progress {
  readonly after: MemberName | null;
  readonly pages: number;
}

/**
 * Whether a page that names `next` may be followed by another: the rows go forwards, and no table has more of them. A
 * broken peer that always has one more page would keep us asking, and what we gather growing, without an end.
 */
export function mayGoOn(
  { after, pages }: Progress,
  next: MemberName,
  { membersMax, tombstonesMax }: Pick<NodeConfig, "membersMax" | "tombstonesMax">,
): boolean {
  return pages < membersMax + tombstonesMax && (after === null || isLaterRow(next, after));
}
