import type { Endpoint, MemberName } from "../core/member.ts";
import type { Destination, Transport, TransportReceiver } from "../host/ports.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** What a port needs of its network. */
export interface PortNetwork {
  /** Puts a datagram of the port on its way. */
  transmit(from: VirtualPort, to: Destination, datagram: Uint8Array): void;
  /** Frees the port; what is on its way to it is refused from now on. */
  unbind(endpoint: Endpoint): void;
}

/** One process's socket on the virtual network. */
export class VirtualPort implements Transport {
  readonly endpoint: Endpoint;
  private readonly network: PortNetwork;
  private readonly clock: VirtualClock;
  private receiver: TransportReceiver | undefined;
  private readonly newestProbes = new Map<MemberName, number>();
  private isClosed = false;

  constructor(network: PortNetwork, endpoint: Endpoint, clock: VirtualClock) {
    this.network = network;
    this.endpoint = endpoint;
    this.clock = clock;
  }

  listen(receiver: TransportReceiver): void {
    this.receiver = receiver;
  }

  send(datagram: Uint8Array, to: Destination): void {
    if (this.isClosed) return;
    if (to.member !== undefined && to.probeSeq !== undefined) {
      this.newestProbes.set(to.member, to.probeSeq);
    }
    this.network.transmit(this, to, datagram);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.network.unbind(this.endpoint);
  }

  /** For the network alone. False: the receive buffer was full. */
  deliver(datagram: Uint8Array, from: Endpoint): boolean {
    return this.clock.deliver(() => this.receiver?.onDatagram(datagram, from));
  }

  /** For the network alone: like the kernel's, a refusal does not say which datagram it answers. */
  deliverRefusal(member: MemberName): void {
    if (this.isClosed) return;
    this.clock.deliver(() => {
      const newestProbe = this.newestProbes.get(member);
      if (newestProbe !== undefined) this.receiver?.onRefused(member, newestProbe);
    });
  }
}
