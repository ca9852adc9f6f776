import type { WireTarget } from "../../core/effect.ts";
import { type MemberName, sameEndpoint } from "../../core/member.ts";
import type { WiringReceiver } from "../../host/ports.ts";
import { OutgoingWire, type OutgoingWireOptions } from "./outgoing-wire.ts";

/** What the wires of a node share. */
export interface OutgoingWiresOptions
  extends Pick<OutgoingWireOptions, "self" | "localHost" | "codec" | "counters"> {
  readonly onOpened: WiringReceiver["onWireOpened"];
  readonly onClosed: WiringReceiver["onWireClosed"];
}

/** The wires that are wanted, at most one to a member. */
export class OutgoingWires {
  private readonly options: OutgoingWiresOptions;
  private readonly wires = new Map<MemberName, OutgoingWire>();

  constructor(options: OutgoingWiresOptions) {
    this.options = options;
  }

  /** Wires open now. */
  get open(): number {
    let open = 0;
    for (const wire of this.wires.values()) if (wire.isOpen) open++;
    return open;
  }

  keep(targets: readonly WireTarget[]): void {
    const wanted = new Map(targets.map((target) => [target.member, target]));
    for (const [member, { target }] of this.wires) {
      const next = wanted.get(member);
      if (next === undefined || !isSameTarget(target, next)) this.close(member);
    }
    for (const target of wanted.values()) {
      if (!this.wires.has(target.member)) this.wires.set(target.member, this.make(target));
    }
  }

  poke(member: MemberName): void {
    this.wires.get(member)?.poke();
  }

  private make(target: WireTarget): OutgoingWire {
    const { onOpened, onClosed, ...shared } = this.options;
    const { member, startId } = target;
    return new OutgoingWire({
      ...shared,
      target,
      onOpened: () => onOpened(member, startId),
      onClosed: (how) => onClosed(member, startId, how),
    });
  }

  private close(member: MemberName): void {
    this.wires.get(member)?.close();
    this.wires.delete(member);
  }
}

/** Whether a wire to `a` is one to `b`: the same run of a member, at the same place. */
export function isSameTarget(a: WireTarget, b: WireTarget): boolean {
  return a.startId === b.startId && sameEndpoint(a.endpoint, b.endpoint);
}
