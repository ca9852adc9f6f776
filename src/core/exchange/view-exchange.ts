import type { NodeConfig } from "../config.ts";
import type { MemberName, Millis, ViewEntry } from "../member.ts";
import type { Member, MembershipTable } from "../membership/table.ts";
import type { MessageBody, MessageSizer } from "../message.ts";
import type { LastHeard } from "../observing/last-heard.ts";
import type { Timed } from "../primitives/deadlines.ts";
import { hashToHex } from "../primitives/hash.ts";
import type { Sequence } from "../primitives/sequence.ts";
import { Inquiries, type Inquiry } from "../sending/inquiries.ts";
import { type Outbox, toMember } from "../sending/outbox.ts";
import { PAGE_BYTES, PAGE_BYTES_MIN } from "./page-bytes.ts";
import { LONGEST_NAME, writePage } from "./page-writer.ts";
import type { Sender } from "./record-repair.ts";
import { mayGoOn } from "./sync-session.ts";

const TRIES = 3;
/** About what a page of a view takes: a request is no longer than its answer will be. */
const VIEW_BASE_BYTES = 160;
const VIEW_ENTRY_BYTES = 80;
const FETCHES_MAX = 64;

type ViewRequest = Extract<MessageBody, { kind: "view-request" }>;
type ViewPage = Extract<MessageBody, { kind: "view-page" }>;

interface Fetch {
  readonly member: MemberName;
  readonly entries: ViewEntry[];
  after: MemberName | null;
  pages: number;
  /** Of the last request: a page that answers an earlier one is passed over. */
  seq: number;
}

interface ViewExchangeParts {
  readonly config: Pick<NodeConfig, "roundWaitMs" | "membersMax" | "tombstonesMax">;
  readonly selfName: MemberName;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  readonly sizer: MessageSizer;
  readonly sequence: Sequence;
  readonly lastHeard: LastHeard;
  readonly phiOf: (name: MemberName, now: Millis) => number | null;
}

/**
 * Fetches what another member believes, page by page over the gossip port, and sends others what we
 * believe.
 */
export class ViewExchange implements Timed {
  private readonly fetches: Inquiries<MemberName, Fetch>;
  private readonly parts: ViewExchangeParts;

  constructor(parts: ViewExchangeParts) {
    this.parts = parts;
    this.fetches = new Inquiries({
      tries: TRIES,
      waitMs: parts.config.roundWaitMs,
      ask: (inquiry) => this.ask(inquiry),
      onSilence: ({ member }) => this.parts.outbox.emit({ kind: "view-unreachable", member }),
    });
  }

  /** Asks the member for its whole view: `view-fetched` or `view-unreachable` follows. */
  fetch(member: MemberName, now: Millis): void {
    if (this.fetches.has(member) || member === this.parts.selfName) return;
    if (this.fetches.size >= FETCHES_MAX || this.parts.table.get(member) === undefined) {
      this.parts.outbox.emit({ kind: "view-unreachable", member });
      return;
    }
    this.fetches.askNow(member, { member, entries: [], after: null, pages: 0, seq: 0 }, now);
  }

  /** Answers one request with one page of at most `bytesMax`; not at all where not even one entry has room. */
  answer(request: ViewRequest, asker: Sender, bytesMax: number, now: Millis): void {
    const { table, outbox, sizer } = this.parts;
    const to = { endpoint: asker.endpoint, member: asker.name };
    const { seq, after } = request;
    const empty = { kind: "view-page", seq, digest: table.digest, entries: [] } as const;
    const page = writePage({
      table,
      after,
      room: outbox.room({ ...empty, next: LONGEST_NAME }, to, bytesMax),
      itemOf: (member) => (member.state === "forgotten" ? undefined : this.entryOf(member, now)),
      bytesOf: (entry) => sizer.viewEntryBytes(entry),
    });
    if (page === undefined) return;
    const body = { ...empty, entries: page.items, next: page.next };
    outbox.send(to, body, { piggyback: false });
  }

  /** Our own view of a member, as it is sent to others. */
  private entryOf({ name, state, record }: Member, now: Millis): ViewEntry {
    const { lastHeard, phiOf } = this.parts;
    const heardAgoMs = lastHeard.heardAgoMs(name, now);
    return { name, state, incarnation: record.incarnation, heardAgoMs, phi: phiOf(name, now) };
  }

  /** Takes a page; asks for the next, or ends. */
  onPage(page: ViewPage, member: MemberName, now: Millis): void {
    const inquiry = this.fetches.get(member);
    const fetch = inquiry?.subject;
    if (inquiry === undefined || fetch?.seq !== page.seq) return;
    fetch.pages += 1;
    fetch.entries.push(...page.entries);
    if (page.next !== null) {
      if (!mayGoOn(fetch, page.next, this.parts.config)) {
        this.fetches.end(member);
        this.parts.outbox.emit({ kind: "view-unreachable", member });
        return;
      }
      fetch.after = page.next;
      this.fetches.askNext(inquiry, now);
      return;
    }
    this.fetches.end(member);
    const digest = hashToHex(page.digest);
    this.parts.outbox.emit({ kind: "view-fetched", member, digest, entries: fetch.entries });
  }

  wake(now: Millis): void {
    this.fetches.wake(now);
  }

  nextDeadline(): Millis {
    return this.fetches.nextDeadline();
  }

  private ask({ subject: fetch, triesLeft }: Inquiry<Fetch>): undefined {
    const { table, outbox, sequence } = this.parts;
    const member = table.get(fetch.member);
    fetch.seq = sequence.next();
    if (member === undefined) return;
    const body = { kind: "view-request", seq: fetch.seq, after: fetch.after } as const;
    const wanted = VIEW_BASE_BYTES + VIEW_ENTRY_BYTES * table.members.length;
    const bytes = PAGE_BYTES[TRIES - 1 - triesLeft] ?? PAGE_BYTES_MIN;
    outbox.sendPadded(toMember(member), body, Math.min(wanted, bytes));
  }
}
