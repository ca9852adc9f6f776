import type { NodeEvent } from "../core/effect.ts";
import type { Endpoint, Millis } from "../core/member.ts";

/**
 * A running hash of everything that happened in a run: two runs with equal digests are the same
 * run. FNV-1a in one lane, a rotating multiply in the other; not part of the protocol.
 */
export class TraceDigest {
  private low = 0x811c9dc5;
  private high = 0x9e3779b1;

  delivered(atMs: Millis, from: Endpoint, to: Endpoint, datagram: Uint8Array): void {
    this.addTime(atMs);
    this.addText(from.host);
    this.addText(to.host);
    for (let at = 0; at < datagram.length; at++) this.add(datagram[at] as number);
  }

  /** A process learned that of its connections. */
  told(atMs: Millis, host: string, what: string): void {
    this.addTime(atMs);
    this.addText(host);
    this.addText(what);
  }

  happened(atMs: Millis, node: string, event: NodeEvent): void {
    this.addTime(atMs);
    this.addText(node);
    this.addText(JSON.stringify(event));
  }

  /** 16 hex digits. */
  get hex(): string {
    const hex = (lane: number): string => (lane >>> 0).toString(16).padStart(8, "0");
    return hex(this.high) + hex(this.low);
  }

  private addTime(atMs: Millis): void {
    const micros = Math.round(atMs * 1000);
    this.add(micros & 0xffff);
    this.add((micros >>> 16) & 0xffff);
  }

  private addText(text: string): void {
    for (let at = 0; at < text.length; at++) this.add(text.charCodeAt(at));
  }

  private add(value: number): void {
    this.low = Math.imul(this.low ^ value, 0x01000193);
    this.high = Math.imul(((this.high << 5) | (this.high >>> 27)) ^ value, 0x85ebca6b);
  }
}
