import type { NodeEvent } from "../../src/core/effect.ts";
import type { Millis } from "../../src/core/member.ts";
import type { Message } from "../../src/core/message.ts";
import type { Notation } from "./notation.ts";

/** What an effect is called in `show`: an event's or a message's kind, accusations told apart. */
type Topic = string;

const MESSAGES: readonly Topic[] = (
  "ping ack not-me ping-req relayed-ack nack gossip record-request sync-request sync-page " +
  "sync-push join-refused conflict view-request view-page answer answer-ack"
).split(" ");
/** How things stand between members; what most transcripts are about. */
const STORY: readonly Topic[] = (
  "member-changed member-updated member-reaped accuses suspicion-cleared refuted reached-through " +
  "isolated-changed stalled joined join-refused name-conflict newcomer-rejected left"
).split(" ");
const EVENTS: readonly Topic[] = [
  ...STORY,
  ..."hears readiness-changed probe-round-failed local-health-changed seeds-wanted sync-finished".split(
    " ",
  ),
  "view-fetched",
  "view-unreachable",
];
const GROUPS: Readonly<Record<string, readonly Topic[]>> = {
  story: STORY,
  events: EVENTS,
  messages: MESSAGES,
  all: [...EVENTS, ...MESSAGES],
};

/** Collects the lines of what happens, of the topics and the processes that were asked for. */
export class Narration {
  private lines: string[] = [];
  private topics = new Set<Topic>(STORY);
  private tellers: ReadonlySet<string> | undefined;
  private isMuted = false;
  private readonly notation: Notation;

  constructor(notation: Notation) {
    this.notation = notation;
  }

  /** Topics or groups of topics; one with a minus before it is taken away again. */
  show(words: readonly string[]): void {
    const topics = new Set<Topic>();
    for (const word of words) {
      const isLess = word.startsWith("-");
      for (const topic of topicsOf(isLess ? word.slice(1) : word)) {
        if (isLess) topics.delete(topic);
        else topics.add(topic);
      }
    }
    this.topics = topics;
  }

  /** Tells only what these processes do; none: everybody. */
  only(tellers: readonly string[]): void {
    this.tellers = tellers.length === 0 ? undefined : new Set(tellers);
  }

  muted(act: () => void): void {
    this.isMuted = true;
    act();
    this.isMuted = false;
  }

  event(event: NodeEvent, by: { readonly process: string; readonly member: string }, at: Millis) {
    const topic = event.kind === "accused" ? accusationTopic(event, by.member) : event.kind;
    if (!this.wants(topic, by.process)) return;
    this.lines.push(`${clock(at)} ${by.process}: ${this.notation.event(event, by.member)}`);
  }

  /** `isCut`: the link loses it. */
  message(
    message: Message,
    way: { readonly from: string; readonly to: string; readonly isCut: boolean },
    at: Millis,
  ): void {
    if (!this.wants(message.body.kind, way.from)) return;
    const arrow = way.isCut ? "-x" : "->";
    const text = this.notation.message(message, way.to);
    this.lines.push(`${clock(at)} ${way.from} ${arrow} ${way.to}  ${text}`);
  }

  print(...lines: readonly string[]): void {
    this.lines.push(...lines);
  }

  /** Lines since the last call. */
  take(): string[] {
    const taken = this.lines;
    this.lines = [];
    return taken;
  }

  private wants(topic: Topic, teller: string): boolean {
    return !this.isMuted && this.topics.has(topic) && (this.tellers?.has(teller) ?? true);
  }
}

function accusationTopic(event: Extract<NodeEvent, { kind: "accused" }>, teller: string): Topic {
  return event.accuser === teller ? "accuses" : "hears";
}

function topicsOf(word: string): readonly Topic[] {
  const group = GROUPS[word];
  if (group !== undefined) return group;
  if (EVENTS.includes(word) || MESSAGES.includes(word)) return [word];
  const known = [...Object.keys(GROUPS), ...EVENTS, ...MESSAGES].join(" ");
  throw new Error(`no topic ${word}; there are ${known}`);
}

function clock(at: Millis): string {
  return (at / 1000).toFixed(3).padStart(7);
}
