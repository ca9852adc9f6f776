import { invariant } from "../../../core/errors.ts";
import { type BaselineMessage, isOfStream, messageBytes } from "./baseline-message.ts";

/**
 * A datagram of the size that its message would have on the wire. It carries the message itself:
 * the baselines need no codec, and the network counts and delays bytes as it does for everybody.
 */
export class Parcel extends Uint8Array {
  private carried: BaselineMessage | undefined;

  /** Whether it stands for a segment of TCP rather than for a datagram. */
  get isSegment(): boolean {
    return this.carried !== undefined && isOfStream(this.carried.body);
  }

  static pack(message: BaselineMessage): Parcel {
    const parcel = new Parcel(messageBytes(message));
    parcel.carried = message;
    return parcel;
  }

  static open(datagram: Uint8Array): BaselineMessage {
    invariant(
      datagram instanceof Parcel && datagram.carried !== undefined,
      "a baseline was handed a datagram that no baseline packed",
    );
    return datagram.carried;
  }
}
