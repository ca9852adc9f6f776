import type { MemberName, Millis } from "../../src/core/member.ts";

/** A datagram under way. */
export interface Datagram {
  /** The process that sent it, and its address. */
  readonly from: string;
  readonly fromAddress: string;
  readonly to: string;
  readonly kind: string;
  readonly bytes: Uint8Array;
  /** What a refusal would speak of, where it is a probe. */
  readonly probe: { readonly member: MemberName; readonly seq: number } | undefined;
  readonly dueAt: Millis;
}

/** Which datagrams a command speaks of; a word left out stands for any. */
export interface Which {
  readonly from?: string;
  readonly to?: string;
  readonly kind?: string;
}

/** Datagrams under way, links that are cut, hosts that are down. Addresses are names. */
export class Links {
  private underWay: Datagram[] = [];
  private readonly delivered = new Map<string, Datagram>();
  private readonly cuts = new Set<string>();
  private readonly downs = new Set<string>();
  private groups: ReadonlyMap<string, number> | undefined;

  post(datagram: Datagram): void {
    this.underWay.push(datagram);
  }

  first(): Datagram | undefined {
    return this.underWay[0];
  }

  matching({ from, to, kind }: Which): Datagram[] {
    return this.underWay.filter(
      (datagram) =>
        (from === undefined || datagram.from === from) &&
        (to === undefined || datagram.to === to) &&
        (kind === undefined || datagram.kind === kind),
    );
  }

  /** It is under way no more; it may be replayed. */
  take(datagram: Datagram): void {
    this.underWay = this.underWay.filter((other) => other !== datagram);
    this.delivered.set(`${datagram.from} ${datagram.to} ${datagram.kind}`, datagram);
  }

  /** The last of that kind that arrived. */
  lastDelivered(from: string, to: string, kind: string): Datagram {
    const datagram = this.delivered.get(`${from} ${to} ${kind}`);
    if (datagram === undefined) throw new Error(`no ${kind} from ${from} ever arrived at ${to}`);
    return datagram;
  }

  cut(from: string, to: string): void {
    this.cuts.add(`${from} ${to}`);
  }

  partition(groups: readonly (readonly string[])[]): void {
    this.groups = new Map(groups.flatMap((names, index) => names.map((name) => [name, index])));
  }

  heal(): void {
    this.cuts.clear();
    this.groups = undefined;
  }

  isCut(from: string, to: string): boolean {
    return this.cuts.has(`${from} ${to}`) || this.groups?.get(from) !== this.groups?.get(to);
  }

  /** A host that is down neither takes nor refuses. */
  hostDown(address: string): void {
    this.downs.add(address);
  }

  hostUp(address: string): void {
    this.downs.delete(address);
  }

  isDown(address: string): boolean {
    return this.downs.has(address);
  }
}
