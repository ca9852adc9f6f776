import type { VirtualNetwork } from "../../../sim/virtual-network.ts";

/** The shares that one host loses. */
interface HostLoss {
  egress: number;
  ingress: number;
}

/**
 * What is lost on the links between the hosts of a cluster: a share everywhere, and shares of what
 * single hosts send or are sent. It strikes datagrams and TCP's segments alike.
 */
export class Losses {
  private readonly network: VirtualNetwork;
  private readonly hosts: readonly string[];
  private readonly ofHosts = new Map<string, HostLoss>();
  private everywhere = 0;

  constructor(network: VirtualNetwork, hosts: readonly string[]) {
    this.network = network;
    this.hosts = hosts;
  }

  loseEverywhere(share: number): void {
    this.everywhere = share;
    this.network.setLoss(share);
    for (const host of this.ofHosts.keys()) this.apply(host);
  }

  lose(host: string, direction: "egress" | "ingress" | "both", share: number): void {
    const loss = this.ofHosts.get(host) ?? { egress: 0, ingress: 0 };
    this.ofHosts.set(host, loss);
    if (direction !== "ingress") loss.egress = share;
    if (direction !== "egress") loss.ingress = share;
    this.apply(host);
  }

  private apply(host: string): void {
    for (const other of this.hosts) {
      if (other === host) continue;
      this.applyTo(host, other);
      this.applyTo(other, host);
    }
  }

  /** A parcel arrives if no one of the three loses it. */
  private applyTo(from: string, to: string): void {
    const egress = this.ofHosts.get(from)?.egress ?? 0;
    const ingress = this.ofHosts.get(to)?.ingress ?? 0;
    const arrives = (1 - this.everywhere) * (1 - egress) * (1 - ingress);
    this.network.links.edit(from, to).loss = 1 - arrives;
  }
}
