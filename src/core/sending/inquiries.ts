import type { Millis } from "../member.ts";
import { earliest, type Timed } from "../primitives/deadlines.ts";

/** One question that waits for its answer. */
export interface Inquiry<S> {
  /** What the question is about. */
  readonly subject: S;
  /** The sequence numbers of its pings: an answer to any of them counts. */
  readonly seqs: Set<number>;
  triesLeft: number;
  /** The next try; after the last one, the moment at which it is given up. */
  tryAt: Millis;
}

interface InquiriesOptions<K, S> {
  /** How often a question is asked. */
  readonly tries: number;
  /** From one try to the next, and from the last one to the end. */
  readonly waitMs: Millis;
  /** Sends one try. Returns the sequence number of its ping, where it is one. */
  readonly ask: (inquiry: Inquiry<S>, now: Millis) => number | undefined;
  /** All tries stayed without an answer; the inquiry is over. */
  readonly onSilence: (subject: S, now: Millis, key: K) => void;
}

/**
 * Asks again until there is an answer or all tries are spent: the one retry of name conflicts, far
 * claims, death checks, view fetches and answers to queries.
 */
export class Inquiries<K, S> implements Timed {
  private readonly open = new Map<K, Inquiry<S>>();
  private readonly options: InquiriesOptions<K, S>;

  constructor(options: InquiriesOptions<K, S>) {
    this.options = options;
  }

  /** How many are under way. */
  get size(): number {
    return this.open.size;
  }

  /** What is being asked, the oldest question first. */
  get subjects(): S[] {
    return [...this.open.values()].map(({ subject }) => subject);
  }

  /** Whether the question with that key is under way. */
  has(key: K): boolean {
    return this.open.has(key);
  }

  /** The question with that key, if it is under way. */
  get(key: K): Inquiry<S> | undefined {
    return this.open.get(key);
  }

  /** The key of the question that sent the ping with that number. */
  keyOf(seq: number): K | undefined {
    for (const [key, { seqs }] of this.open) if (seqs.has(seq)) return key;
    return undefined;
  }

  /** Begins to ask with the next wakeup; a question of the same key is replaced. */
  begin(key: K, subject: S, now: Millis): Inquiry<S> {
    const { tries } = this.options;
    const inquiry = { subject, seqs: new Set<number>(), triesLeft: tries, tryAt: now };
    this.open.set(key, inquiry);
    return inquiry;
  }

  /** Begins and asks at once. */
  askNow(key: K, subject: S, now: Millis): void {
    this.ask(this.begin(key, subject, now), now);
  }

  /** Begins, asks at once, and not again. */
  askOnce(key: K, subject: S, now: Millis): void {
    const inquiry = this.begin(key, subject, now);
    inquiry.triesLeft = 1;
    this.ask(inquiry, now);
  }

  /** Goes on with the next part of the same question, with all tries anew. */
  askNext(inquiry: Inquiry<S>, now: Millis): void {
    inquiry.triesLeft = this.options.tries;
    this.ask(inquiry, now);
  }

  /** Ends a question. Returns whether it was under way. */
  end(key: K): boolean {
    return this.open.delete(key);
  }

  /** Ends the oldest question. */
  endOldest(): void {
    const oldest = this.open.keys().next();
    if (!oldest.done) this.open.delete(oldest.value);
  }

  /**
   * Takes a span in which this node could not hear out of every wait; none gets longer than
   * `waitMs`.
   */
  shift(byMs: Millis, now: Millis): void {
    const latest = now + this.options.waitMs;
    for (const inquiry of this.open.values()) {
      inquiry.tryAt = Math.min(latest, inquiry.tryAt + byMs);
    }
  }

  wake(now: Millis): void {
    for (const [key, inquiry] of [...this.open]) {
      if (now < inquiry.tryAt || this.open.get(key) !== inquiry) continue;
      if (inquiry.triesLeft > 0) this.ask(inquiry, now);
      else {
        this.open.delete(key);
        this.options.onSilence(inquiry.subject, now, key);
      }
    }
  }

  nextDeadline(): Millis {
    return earliest(this.open.values(), ({ tryAt }) => tryAt);
  }

  private ask(inquiry: Inquiry<S>, now: Millis): void {
    inquiry.triesLeft--;
    inquiry.tryAt = now + this.options.waitMs;
    const seq = this.options.ask(inquiry, now);
    if (seq !== undefined) inquiry.seqs.add(seq);
  }
}
