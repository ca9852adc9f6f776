import type { WireTarget } from "../../core/effect.ts";
import type { DialAnswer } from "../../core/input.ts";
import { type Endpoint, type MemberName, type StartId, sameEndpoint } from "../../core/member.ts";
import type { Wiring, WiringReceiver } from "../../host/ports.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import { KeptWire } from "./kept-wire.ts";
import type { TcpNetwork } from "./tcp-network.ts";

/** As in the daemon: dials under way at once, and to one member; what comes on top is not made. */
const DIALS_MAX = 64;
const DIALS_TO_ONE_MAX = 8;

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
  private readonly wires = new Map<MemberName, KeptWire>();
  /** Dials under way. */
  private readonly dials = new Map<MemberName, number>();
  private dialsOpen = 0;
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
    const wanted = new Map(to.map((target) => [target.member, target]));
    for (const [member, wire] of this.wires) {
      if (leadsTo(wire.target, wanted.get(member))) continue;
      wire.abandon();
      this.wires.delete(member);
    }
    for (const target of wanted.values()) {
      if (!this.wires.has(target.member)) this.wires.set(target.member, this.open(target));
    }
  }

  poke(member: MemberName): void {
    this.wires.get(member)?.poke();
  }

  dial(member: MemberName, endpoint: Endpoint, seq: number): void {
    const { network, clock } = this.options;
    const toOne = this.dials.get(member) ?? 0;
    if (this.dialsOpen >= DIALS_MAX || toOne >= DIALS_TO_ONE_MAX) return;
    this.countDial(member, 1);
    const tell = (answer: DialAnswer): void =>
      clock.report(() => {
        this.countDial(member, -1);
        this.note(`dial ${seq} of ${member} ${answer}`);
        this.receiver?.onDialled(member, seq, answer);
      });
    network.connect(this.options.endpoint.host, endpoint, {
      onAnswered: () => tell("answered"),
      onRefused: () => tell("refused"),
      onSilent: () => clock.report(() => this.countDial(member, -1)),
    });
  }

  /** The process has ended; its kernel calls `closePort` when it has closed all the rest. */
  end(closePort: () => void): void {
    for (const wire of this.wires.values()) wire.abandon();
    this.options.network.end(this.options.endpoint, closePort);
  }

  private open(target: WireTarget): KeptWire {
    const { network, clock, endpoint } = this.options;
    const { member, startId } = target;
    return new KeptWire({
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

  private countDial(member: MemberName, by: 1 | -1): void {
    const toOne = (this.dials.get(member) ?? 0) + by;
    this.dialsOpen += by;
    if (toOne === 0) this.dials.delete(member);
    else this.dials.set(member, toOne);
  }

  private note(what: string): void {
    const { network, endpoint } = this.options;
    network.onTold?.(endpoint.host, what);
  }
}

function leadsTo(target: WireTarget, wanted: WireTarget | undefined): boolean {
  if (wanted === undefined || target.startId !== wanted.startId) return false;
  return sameEndpoint(target.endpoint, wanted.endpoint);
}
