import type { Millis } from "../core/member.ts";
import type { LinkDelay } from "./network-model.ts";

/** What is special about one direction between two hosts. */
export interface Link {
  isCut: boolean;
  /** Instead of the network's. */
  delay: LinkDelay | undefined;
  /** Instead of the network's. */
  loss: number | undefined;
  /** Until then everything is held, and then delivered at once. */
  cloggedUntil: Millis;
  /** Of this link's delay; undefined until it is drawn. */
  factor: number | undefined;
  /** Every datagram is refused on its way, as by a filter that answers "port unreachable". */
  isRejecting: boolean;
  /** Travels so much longer than its delay says. */
  extraMs: Millis;
  /** Larger datagrams vanish on this path. */
  datagramBytesMax: number;
  /** A filter lets datagrams through, and drops the segments of TCP. */
  dropsTcp: boolean;
}

/** A link with nothing special about it but its delay. */
export const UNTROUBLED = {
  isCut: false,
  loss: undefined,
  cloggedUntil: 0,
  isRejecting: false,
  extraMs: 0,
  datagramBytesMax: Number.POSITIVE_INFINITY,
  dropsTcp: false,
} as const;

/**
 * The links between hosts, each one direction, and the partition that lies over them. Only links
 * with something special are kept.
 */
export class Links {
  private readonly links = new Map<string, Map<string, Link>>();
  private groups: ReadonlyMap<string, number> | undefined;

  /** What is special about the link, or undefined. */
  get(from: string, to: string): Link | undefined {
    return this.links.size === 0 ? undefined : this.links.get(from)?.get(to);
  }

  /** The same, to be changed. */
  edit(from: string, to: string): Link {
    let ofHost = this.links.get(from);
    if (ofHost === undefined) {
      ofHost = new Map();
      this.links.set(from, ofHost);
    }
    let link = ofHost.get(to);
    if (link === undefined) {
      link = { delay: undefined, factor: undefined, ...UNTROUBLED };
      ofHost.set(to, link);
    }
    return link;
  }

  /**
   * Hosts of different groups no longer reach each other; those in no group form one of their own.
   */
  partition(groups: readonly (readonly string[])[]): void {
    this.groups = new Map(groups.flatMap((hosts, index) => hosts.map((host) => [host, index])));
  }

  isCut(from: string, to: string): boolean {
    if (this.groups !== undefined && this.groups.get(from) !== this.groups.get(to)) return true;
    return this.get(from, to)?.isCut === true;
  }

  /** Removes the partition and what troubles single links. Their own delays stay. */
  heal(): void {
    this.groups = undefined;
    for (const ofHost of this.links.values()) {
      for (const link of ofHost.values()) {
        Object.assign(link, UNTROUBLED);
      }
    }
  }

  /** Removes the partition alone. */
  unite(): void {
    this.groups = undefined;
  }
}
