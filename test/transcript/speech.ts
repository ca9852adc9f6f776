import type { MemberName, MemberRecord, Update } from "../../src/core/member.ts";
import type { MessageBody } from "../../src/core/message.ts";
import { ZERO_HASH } from "../../src/core/primitives/hash.ts";
import { accusation, belief, verdict } from "../core/builders.ts";

/** What a transcript lets somebody say. */
export interface Speech {
  readonly body: MessageBody;
  readonly updates: readonly Update[];
}

/** What the parser asks about those that are named in a line. */
export interface SpeechContext {
  readonly receiver: MemberName;
  readonly recordOf: (name: MemberName) => MemberRecord;
}

/** Parses `ping #7 [a accused 1 by b of silence; c dead 3 by b]`: a body, and updates. */
export function parseSpeech(text: string, context: SpeechContext): Speech {
  const riding = /\[([^\]]*)\]/.exec(text);
  const words = text
    .replace(/\[[^\]]*\]/, "")
    .trim()
    .split(/\s+/);
  const updates = (riding?.[1] ?? "")
    .split(";")
    .map((update) => update.trim())
    .filter((update) => update !== "")
    .map((update) => parseUpdate(update, context));
  return { body: parseBody(words, context), updates };
}

function parseBody(words: readonly string[], { receiver }: SpeechContext): MessageBody {
  const [kind = "", ...rest] = words;
  const seq = Number(rest.find((word) => word.startsWith("#"))?.slice(1) ?? 1);
  const member = rest.find((word) => /^[a-z]/.test(word)) ?? receiver;
  switch (kind) {
    case "ping":
      return { kind, seq, target: member, digest: ZERO_HASH };
    case "ack":
      return { kind, seq, digest: ZERO_HASH };
    case "not-me":
      return { kind, seq, target: member };
    case "nack":
      return { kind, seq, target: member, refused: false };
    case "record-request":
      return { kind, member };
    case "gossip":
    case "sync-push":
      return { kind };
    default:
      throw new Error(
        `nobody says ${kind} here; only ping ack not-me nack record-request gossip sync-push`,
      );
  }
}

/** As updates are printed, but `c dead 1 record by a` where a whole record is meant. */
function parseUpdate(text: string, { recordOf }: SpeechContext): Update {
  const [name = "", state = "", incarnation = "", ...rest] = text.split(/\s+/);
  if (!/^\d+$/.test(incarnation)) throw new Error(`no update: ${text}`);
  const by = after("by", rest) ?? name;
  const about = { ...recordOf(name), incarnation: Number(incarnation) };
  switch (state) {
    case "accused":
      return accusation(about, by, { evidence: rest.includes("refusing") ? "refused" : "silence" });
    case "alive":
    case "suspect":
      return belief(about, state, { by });
    case "dead":
    case "left":
    case "forgotten":
      return rest.includes("record") ? belief(about, state, { by }) : verdict(about, state, by);
    default:
      throw new Error(`no state ${state}; there are accused alive suspect dead left forgotten`);
  }
}

function after(word: string, words: readonly string[]): string | undefined {
  const at = words.indexOf(word);
  return at === -1 ? undefined : words[at + 1];
}
