/** The page that is asked for first, in bytes. */
export const PAGE_BYTES_USUAL = 1200;
/** The shortest page that is asked for, in bytes. */
export const PAGE_BYTES_MIN = 548;
/**
 * How long a page may be, by the try at which it is asked for: a request that stays unanswered is
 * repeated for a shorter one, because a path may carry no datagrams of the usual length. 1,200
 * bytes pass wherever IPv6 does (as in QUIC, RFC 9000 §14), 548 wherever IPv4 does
 * (docs/protocol.md §12, rule 26).
 */
export const PAGE_BYTES: readonly number[] = [PAGE_BYTES_USUAL, PAGE_BYTES_USUAL, PAGE_BYTES_MIN];

/** How long the page may be that answers a request of so many bytes: a padded one says what reaches its sender. */
export function pageBytesMax({ padding }: { readonly padding?: number }, bytes: number): number {
  return padding === undefined ? Number.POSITIVE_INFINITY : bytes;
}
