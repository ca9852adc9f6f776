import { type Endpoint, sameEndpoint } from "../member.ts";
import type { Member } from "../membership/table.ts";
import type { Header, Message, MessageBody, MessageSizer } from "../message.ts";

/** Whether that is the address that the member's record names. */
export function isAtHome(member: Member | undefined, from: Endpoint): boolean {
  return member !== undefined && sameEndpoint(member.record.endpoint, from);
}

/** Sizes are upper bounds, by so much at most. */
const SIZE_ERROR_BYTES = 4;

/**
 * How long an answer may be, in bytes. An address may be forged unless a member that lives there
 * was heard from it before (`isProven`): else no answer is longer than what came (docs/protocol.md
 * §12, rule 25; RFC 9000 §8.1). The sender of a padded request says how long an answer may be that
 * reaches it.
 */
export function answerBytesMax(
  { header, body, updates }: Message,
  isProven: boolean,
  sizer: MessageSizer,
): number {
  const wanted = paddedBytes(header, body, sizer);
  if (isProven && wanted === undefined) return Number.POSITIVE_INFINITY;
  const base = (wanted ?? sizer.baseBytes(header, body)) - SIZE_ERROR_BYTES;
  return updates.reduce((sum, update) => sum + sizer.updateBytes(update), base);
}

function paddedBytes(header: Header, body: MessageBody, sizer: MessageSizer): number | undefined {
  const isPage = body.kind === "sync-request" || body.kind === "view-request";
  if (!isPage || body.padding === undefined) return undefined;
  return sizer.baseBytes(header, { ...body, padding: 0 }) + body.padding;
}
