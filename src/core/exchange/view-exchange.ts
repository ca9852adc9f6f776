import type { ProbeConfig } from "../config.ts";
import type { MemberName, Millis, ViewEntry } from "../member.ts";
import type { Member, MembershipTable } from "../membership/table.ts";
import type { MessageBody, MessageSizer } from "../message.ts";
import { earliest, type Timed } from "../primitives/deadlines.ts";
import { hashToHex } from "../primitives/hash.ts";
import type { Sequence } from "../primitives/sequence.ts";
import { type Outbox, toMember } from "../sending/outbox.ts";
import { PAGE_BYTES, PAGE_BYTES_MIN } from "./page-bytes.ts";
import type { Sender } from "./record-repair.ts";

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
  seq: number;
  triesLeft: number;
  retryAt: Millis;
}

interface ViewExchangeParts {
  readonly config: Pick<ProbeConfig, "roundWaitMsMin">;
  readonly selfName: MemberName;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  readonly sizer: MessageSizer;
  readonly sequence: Sequence;
  /** Our own view of a member, as it is told to others. */
  readonly entryOf: (member: Member, now: Millis) => ViewEntry;
}

/**
 * Fetches what another member believes, page by page over the gossip port, and tells others what we
 * believe.
 */
export class ViewExchange implements Timed {
  private readonly fetches = new Map<MemberName, Fetch>();
  private readonly parts: ViewExchangeParts;

  constructor(parts: ViewExchangeParts) {
    this.parts = parts;
  }

  fetch(member: MemberName, now: Millis): void {
    if (this.fetches.has(member) || member === this.parts.selfName) return;
    if (this.fetches.size >= FETCHES_MAX || this.parts.table.get(member) === undefined) {
      this.parts.outbox.event({ kind: "view-unreachable", member });
      return;
    }
    const fetch: Fetch = {
      member,
      entries: [],
      after: null,
      seq: 0,
      triesLeft: TRIES,
      retryAt: now,
    };
    this.fetches.set(member, fetch);
    this.ask(fetch, now);
  }

  answer(request: ViewRequest, asker: Sender, now: Millis): void {
    const { table, outbox, sizer, entryOf } = this.parts;
    const { digest, members } = table;
    const entries: ViewEntry[] = [];
    const body = (next: MemberName | null): ViewPage => ({
      kind: "view-page",
      seq: request.seq,
      digest,
      entries,
      next,
    });
    let free = outbox.room(body("x".repeat(64)), asker.bytesMax);
    let last: MemberName | null = null;
    let isWhole = true;
    for (let at = table.indexAfter(request.after); at < members.length && isWhole; at++) {
      const member = members[at] as Member;
      if (member.state === "forgotten") continue;
      const entry = entryOf(member, now);
      free -= sizer.viewEntryBytes(entry);
      if (free < 0) isWhole = false;
      else {
        entries.push(entry);
        last = member.name;
      }
    }
    // Without room for the next entry an answer would look like the end.
    if (!isWhole && last === null) return;
    const to = { endpoint: asker.endpoint, member: asker.name };
    outbox.send(to, body(isWhole ? null : last), { piggyback: false });
  }

  onPage(page: ViewPage, member: MemberName, now: Millis): void {
    const fetch = this.fetches.get(member);
    if (fetch?.seq !== page.seq) return;
    fetch.entries.push(...page.entries);
    if (page.next !== null) {
      fetch.after = page.next;
      fetch.triesLeft = TRIES;
      this.ask(fetch, now);
      return;
    }
    this.fetches.delete(member);
    const digest = hashToHex(page.digest);
    this.parts.outbox.event({ kind: "view-fetched", member, digest, entries: fetch.entries });
  }

  wake(now: Millis): void {
    for (const fetch of [...this.fetches.values()]) {
      if (now < fetch.retryAt) continue;
      if (fetch.triesLeft > 0) this.ask(fetch, now);
      else {
        this.fetches.delete(fetch.member);
        this.parts.outbox.event({ kind: "view-unreachable", member: fetch.member });
      }
    }
  }

  nextDeadline(): Millis {
    return earliest(this.fetches.values(), ({ retryAt }) => retryAt);
  }

  private ask(fetch: Fetch, now: Millis): void {
    const { table, outbox, sequence, config } = this.parts;
    const member = table.get(fetch.member);
    fetch.seq = sequence.next();
    fetch.triesLeft--;
    fetch.retryAt = now + config.roundWaitMsMin;
    if (member === undefined) return;
    const body = { kind: "view-request", seq: fetch.seq, after: fetch.after } as const;
    const wanted = VIEW_BASE_BYTES + VIEW_ENTRY_BYTES * table.members.length;
    const bytes = PAGE_BYTES[TRIES - 1 - fetch.triesLeft] ?? PAGE_BYTES_MIN;
    outbox.sendPadded(toMember(member), body, [], Math.min(wanted, bytes));
  }
}
