import { type Endpoint, type MemberName, type StartId, sameEndpoint } from "../member.ts";
import type { Header, MessageBody } from "../message.ts";

/** Questions that may wait for their answer as a proof; the oldest goes first. */
const ASKED_MAX = 1024;

interface Home {
  readonly startId: StartId;
  readonly endpoint: Endpoint;
}

/**
 * Which members live where they say (docs/protocol.md §12, rule 25; RFC 9000 §8.1). Without a key
 * anyone can write any address into a datagram and into a record. An address is proven by an answer
 * from there to what was asked there, because the number of a question cannot be guessed. The other
 * way round, a member that gives this node a turn (rule 43) takes this node's address for proven.
 */
export class ProvenAddresses {
  private readonly asked = new Map<number, Endpoint>();
  private readonly homes = new Map<MemberName, Home>();
  private readonly provenTo = new Map<MemberName, StartId>();

  /** Something goes to that address: a question, if its answer will repeat the number. */
  noteSent(body: MessageBody, to: Endpoint): void {
    const { kind } = body;
    if (kind !== "ping" && kind !== "sync-request" && kind !== "view-request") return;
    const oldest = this.asked.keys().next();
    if (this.asked.size >= ASKED_MAX && !oldest.done) this.asked.delete(oldest.value);
    this.asked.set(body.seq, to);
  }

  /** Whether that came from where the question went that it answers. */
  isAnswer(body: MessageBody, from: Endpoint): boolean {
    const { kind } = body;
    if (kind !== "ack" && kind !== "sync-page" && kind !== "view-page") return false;
    const asked = this.asked.get(body.seq);
    return asked !== undefined && sameEndpoint(asked, from);
  }

  /** That run of a member lives there. */
  prove({ sender, startId }: Header, endpoint: Endpoint): void {
    this.homes.set(sender, { startId, endpoint });
  }

  /** A member acked: with a turn, if it takes this node's address for proven. */
  noteAck({ sender, startId }: Header, hasTurn: boolean): void {
    if (hasTurn) this.provenTo.set(sender, startId);
    else this.provenTo.delete(sender);
  }

  /**
   * Whether that run of the member was shown to live there. What is sealed was written by one who
   * has the key.
   */
  isProven({ sender, startId, addressee }: Header, from: Endpoint): boolean {
    if (addressee !== undefined) return true;
    const home = this.homes.get(sender);
    return home?.startId === startId && sameEndpoint(home.endpoint, from);
  }

  /** Whether that run of the member takes this node's address for proven, as far as this node knows. */
  isProvenTo(name: MemberName, startId: StartId): boolean {
    return this.provenTo.get(name) === startId;
  }

  /** Nothing is known of the member any more. */
  forget(name: MemberName): void {
    this.homes.delete(name);
    this.provenTo.delete(name);
  }
}
