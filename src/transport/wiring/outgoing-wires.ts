import type { WiringReceiver } from "../../host/ports.ts";
import { WantedWires } from "../../host/wire-rules.ts";
import { OutgoingWire, type OutgoingWireOptions } from "./outgoing-wire.ts";

/** What the wires of a node share. */
export interface OutgoingWiresOptions
  extends Pick<OutgoingWireOptions, "self" | "localHost" | "codec" | "counters"> {
  readonly onOpened: WiringReceiver["onWireOpened"];
  readonly onClosed: WiringReceiver["onWireClosed"];
}

/** The wires of a node to others. */
export class OutgoingWires extends WantedWires<OutgoingWire> {
  constructor({ onOpened, onClosed, ...shared }: OutgoingWiresOptions) {
    super((target) => {
      const { member, startId } = target;
      return new OutgoingWire({
        ...shared,
        target,
        onOpened: () => onOpened(member, startId),
        onClosed: (how) => onClosed(member, startId, how),
      });
    });
  }

  /** Wires open now. */
  get open(): number {
    let open = 0;
    for (const wire of this.all) if (wire.isOpen) open++;
    return open;
  }
}
