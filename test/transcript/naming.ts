import { type Endpoint, formatEndpoint, type MemberName } from "../../src/core/member.ts";
import { startIdOf } from "../core/builders.ts";

/**
 * Short names for what is long: `@c` for the address that process c has first, `c#2` for the second
 * start of the member c.
 */
export class Naming {
  private readonly endpoints = new Map<string, Endpoint>();
  private readonly addressNames = new Map<string, string>();
  private readonly questions = new Map<number, number>();
  private readonly starts = new Map<MemberName, number>();
  private readonly startNames = new Map<string, string>();

  /** The address of that name, always the same. */
  endpoint(address: string): Endpoint {
    const known = this.endpoints.get(address);
    if (known !== undefined) return known;
    const endpoint = { host: `10.0.0.${this.endpoints.size + 1}`, port: 7946 };
    this.endpoints.set(address, endpoint);
    this.addressNames.set(formatEndpoint(endpoint), address);
    return endpoint;
  }

  /** The start id of the next process of the member, and which of its starts it is. */
  newStart(member: MemberName): { readonly startId: string; readonly number: number } {
    const number = (this.starts.get(member) ?? 0) + 1;
    this.starts.set(member, number);
    const startId = startIdOf(member, number);
    this.startNames.set(startId, `${member}#${number}`);
    return { startId, number };
  }

  /** Questions are numbered anew, in the order in which they are shown: `#1`, `#2`, … */
  question(seq: number): string {
    const known = this.questions.get(seq) ?? this.questions.size + 1;
    this.questions.set(seq, known);
    return `#${known}`;
  }

  address(endpoint: Endpoint): string {
    const text = formatEndpoint(endpoint);
    return this.addressNames.get(text) ?? text;
  }

  start(startId: string): string {
    return this.startNames.get(startId) ?? startId;
  }
}
