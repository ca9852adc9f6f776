import type { WireTarget } from "../../core/effect.ts";
import type { DialAnswer } from "../../core/input.ts";
import type { Endpoint, MemberName, StartId } from "../../core/member.ts";
import type { Wiring, WiringReceiver } from "../../host/ports.ts";
import { DialLimit, WantedWires } from "../../host/wire-rules.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import type { TcpNetwork } from "./tcp-network.ts";
import { VirtualWire } from "./virtual-wire.ts";

/** The process that wires and spies belong to. */
export interface VirtualWiresOptions {
  readonly network: TcpNetwork;
  readonly clock: VirtualClock;
  readonly endpoint: Endpoint;
  readonly member: MemberName;
  readonly startId: StartId;
}

/** One process's wires and spies, and the port on which it answers those of others. */
export class VirtualWires implements Wiring {
  private readonly options: VirtualWiresOptions;
  private readonly wires = new WantedWires((target) => this.open(target));
  private readonly dials = new DialLimit();
  private receiver: WiringReceiver | undefined;

  constructor(options: VirtualWiresOptions) {
    this.options = options;
    const { network, endpoint } = options;
    network.listen(endpoint, options);
  }

  listen(receiver: WiringReceiver): void {
    this.receiver = receiver;
  }

  keep(to: readonly WireTarget[]): void {
    this.wires.keep(to);
  }

  poke(member: MemberName): void {
    this.wires.poke(member);
  }

  dial(member: MemberName, endpoint: Endpoint, seq: number): void {
    const { network, clock } = this.options;
    if (!this.dials.take(member)) return;
    const tell = (answer: DialAnswer): void =>
      clock.report(() => {
        this.dials.release(member);
        this.note(`dial ${seq} of ${member} ${answer}`);
        this.receiver?.onDialled(member, seq, answer);
      });
    network.connect(this.options.endpoint.host, endpoint, {
      onAnswered: () => tell("answered"),
      onRefused: () => tell("refused"),
      onSilent: () => clock.report(() => this.dials.release(member)),
    });
  }

  /** The process has ended; its kernel calls `closePort` when it has closed all the rest. */
  end(closePort: () => void): void {
    for (const wire of this.wires.all) wire.close();
    this.options.network.end(this.options.endpoint, closePort);
  }

  private open(target: WireTarget): VirtualWire {
    const { network, clock, endpoint } = this.options;
    const { member, startId } = target;
    return new VirtualWire({
      network,
      clock,
      target,
      from: endpoint.host,
      onOpened: () => {
        this.note(`wire to ${member} open`);
        this.receiver?.onWireOpened(member, startId);
      },
      onClosed: (how) => {
        this.note(`wire to ${member} ${how}`);
        this.receiver?.onWireClosed(member, startId, how);
      },
    });
  }

  private note(what: string): void {
    const { network, endpoint } = this.options;
    network.onTold?.(endpoint.host, what);
  }
}
