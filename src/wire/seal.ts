/**
 * How payloads are hidden from strangers and proven to come from one who has a key. The wire knows where the
 * bytes lie (docs/protocol.md §17) and no cryptography: who implements this does.
 *
 * A sealed frame is: head (in the clear), seal head, payload (encrypted), tag. The tag vouches for all of it.
 */
export interface Seal {
  /** Whether what is sent now is sealed. A cluster that is moving to keys sends in the clear at first. */
  readonly sendsSealed: boolean;
  /** Whether frames in the clear are taken, too. */
  readonly takesPlain: boolean;
  /** Seals a frame in place: its head and its payload are written, with room between and behind. */
  close(frame: Uint8Array, headBytes: number): void;
  /**
   * The payload of a sealed frame.
   *
   * @throws WireError `key`, `old-key` or `seal`
   */
  open(frame: Uint8Array, headBytes: number): Uint8Array;
}

/** Which key (4 bytes), salt of the sender's run (8), second half of the nonce (8). */
export const SEAL_HEAD_BYTES = 20;

/** What is behind the payload: the tag. */
export const SEAL_TAG_BYTES = 16;
