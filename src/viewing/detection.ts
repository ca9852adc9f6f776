import type { MemberBody, MembersBody, ViewsBody } from "../control/api-types.ts";
import type { MemberName, Millis } from "../core/member.ts";
import { formatSpan } from "../text/quantities.ts";
import { statusWord } from "../text/silence.ts";
import type { Reading } from "./reading.ts";

/** That a member is dead, frozen or has left, and who knew it when. */
export interface Detection {
  readonly member: MemberName;
  readonly what: "dead" | "frozen" | "left";
  /** When the attached node knew it, by the clock of the reader. */
  readonly atMs: Millis;
  /** From the last datagram of the member that the attached node heard until it knew; null where it never heard one. */
  readonly afterMs: Millis | null;
  /**
   * By viewer: from the attached node's detection until a copy of the viewer's view that holds it was made. The viewer knew it
   * then at the latest. Negative where it was first.
   */
  readonly latest: ReadonlyMap<MemberName, Millis>;
}

/** Two readings of one detection differ by what a request takes. */
const SAME_MS: Millis = 1000;

/**
 * The newest detection in this reading that is not older than `sinceMs` (before that nobody looked on); `before` where
 * there is none newer.
 */
export function newestDetection(
  { body, atMs }: Reading<MembersBody>,
  sinceMs: Millis,
  before: Detection | undefined,
): Detection | undefined {
  let newest = before;
  for (const member of body.members) {
    const what = whatOf(member);
    const knownMs = atMs - member.stateForMs;
    if (what === undefined || knownMs < sinceMs) continue;
    const isSame = newest?.member === member.name && newest.what === what;
    if (newest !== undefined && knownMs - newest.atMs < (isSame ? SAME_MS : 1)) continue;
    const { name, lastHeardMs, stateForMs } = member;
    const afterMs = lastHeardMs === null ? null : Math.max(0, lastHeardMs - stateForMs);
    newest = { member: name, what, atMs: knownMs, afterMs, latest: new Map() };
  }
  return newest;
}

/** The detection with what other members' views say of it. */
export function confirmDetection(
  detection: Detection | undefined,
  { body, atMs }: Reading<ViewsBody>,
): Detection | undefined {
  if (detection === undefined) return undefined;
  const latest = new Map(detection.latest);
  for (const { viewer, ageMs, reachable, entries } of body.views) {
    if (viewer === body.self || viewer === detection.member || latest.has(viewer)) continue;
    const state = entries.find(({ name }) => name === detection.member)?.state;
    if (!reachable || ageMs === null || state === undefined || state === "alive") continue;
    // A suspicion is all that a view says of a frozen member, and not enough of any other.
    if (state === "suspect" && detection.what !== "frozen") continue;
    latest.set(viewer, atMs - ageMs - detection.atMs);
  }
  return latest.size === detection.latest.size ? detection : { ...detection, latest };
}

/**
 * `n3 dead: n1 knew 47 ms after its last sign, all 4 within 0.31 s`: from the last datagram that n1 heard from it. Nobody
 * but whoever killed it knows when that was.
 */
export function describeDetection(
  { member, what, afterMs, latest }: Detection,
  self: MemberName,
  members: readonly MemberBody[],
): string {
  const knew = afterMs === null ? "was told" : `knew ${formatSpan(afterMs)} after its last sign`;
  const said = `${member} ${what}: ${self} ${knew}`;
  const others = members.filter(
    ({ name, state }) => state === "alive" && name !== self && name !== member,
  );
  const known = others.flatMap(({ name }) => latest.get(name) ?? []);
  if (afterMs === null || known.length === 0) return said;
  const count = known.length + 1;
  const all = known.length === others.length ? `all ${count}` : `${count} of ${others.length + 1}`;
  return `${said}, ${all} within ${formatSpan(Math.max(0, ...known) + afterMs)}`;
}

function whatOf(member: MemberBody): Detection["what"] | undefined {
  if (member.state === "dead" || member.state === "left") return member.state;
  return statusWord(member) === "frozen" ? "frozen" : undefined;
}
