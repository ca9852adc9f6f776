import type { Sender } from "../exchange/record-repair.ts";
import { type Endpoint, type MemberName, sameEndpoint } from "../member.ts";
import type { Member, MembershipTable } from "../membership/table.ts";
import type { Header, MessageBody } from "../message.ts";
import { type Outbox, toMember } from "../sending/outbox.ts";
import type { ProvenAddresses } from "../sending/proven-addresses.ts";

interface AddressProofParts {
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  readonly provenAddresses: ProvenAddresses;
}

/** A datagram as it came, and what is known of its sender before it is looked at. */
interface Claim {
  readonly header: Header;
  readonly body: MessageBody;
  readonly sender: Sender;
  readonly member: Member | undefined;
  /** Direct evidence that this run of the member lives. */
  readonly isEvidence: boolean;
}

/**
 * Whether the sender of a datagram lives where it came from (docs/protocol.md §12, rule 25; RFC 9000
 * §8.1). If not, the outbox bounds what goes there in the same step.
 */
export class AddressProof {
  /** It pinged from its home, where nobody was shown to live yet. */
  private unproven: MemberName | undefined;
  private readonly parts: AddressProofParts;

  constructor(parts: AddressProofParts) {
    this.parts = parts;
  }

  /**
   * A datagram of that length came from there: no more may go back, unless it answers what this node
   * asked there. Returns whether it does.
   */
  limit(body: MessageBody, from: Endpoint, bytes: number): boolean {
    const { provenAddresses, outbox } = this.parts;
    const isAnswer = provenAddresses.isAnswer(body, from);
    if (!isAnswer) outbox.limit(from, bytes);
    return isAnswer;
  }

  /** The sender, proven or not; the limit is lifted if it is. */
  prove({ header, body, sender, member, isEvidence }: Claim): Sender {
    const { provenAddresses, outbox } = this.parts;
    const { name, endpoint } = sender;
    const atHome = isAtHome(member, endpoint);
    if (atHome && sender.isProven === true) provenAddresses.prove(header, endpoint);
    if (atHome && body.kind === "ack") provenAddresses.noteAck(header, body.turnMs !== undefined);
    const isHeld = isEvidence && atHome && provenAddresses.isProven(header, endpoint);
    const isProven = sender.isProven === true || isHeld;
    if (isProven) outbox.liftLimit();
    else if (body.kind === "ping" && atHome) this.unproven = name;
    return { ...sender, isProven };
  }

  /** Pings a member whose ping of this step came from an unproven address: its ack will prove it. */
  ask(): void {
    const { table, outbox } = this.parts;
    const member = this.unproven === undefined ? undefined : table.get(this.unproven);
    this.unproven = undefined;
    if (member !== undefined) outbox.ping(toMember(member), { piggyback: false });
  }
}

/** Whether that is the address that the member's record names. */
export function isAtHome(member: Member | undefined, from: Endpoint): boolean {
  return member !== undefined && sameEndpoint(member.record.endpoint, from);
}
