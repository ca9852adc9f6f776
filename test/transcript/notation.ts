import type { NodeEvent } from "../../src/core/effect.ts";
import type { AccusationReason, Millis, Update } from "../../src/core/member.ts";
import type { Message, MessageBody } from "../../src/core/message.ts";
import type { Naming } from "./naming.ts";

/** Effects as short lines that a person reviews. */
export class Notation {
  private readonly naming: Naming;

  constructor(naming: Naming) {
    this.naming = naming;
  }

  /** A ping's target is said only where it is another than `receiver`. */
  message({ header, body, updates }: Message, receiver: string): string {
    const stalled = header.stalledMs > 0 ? ` stalled=${seconds(header.stalledMs)}` : "";
    const riding = updates.map((update) => this.update(update)).join("; ");
    return `${this.body(body, receiver)}${stalled}${riding === "" ? "" : ` [${riding}]`}`;
  }

  update(update: Update): string {
    const { naming } = this;
    if (update.kind === "accusation") {
      const { subject, incarnation, accuser, evidence } = update;
      return `${subject} accused ${incarnation} by ${accuser} of ${crime(evidence)}`;
    }
    if (update.kind === "verdict") {
      const { subject, state, incarnation, by, cause } = update;
      return `${subject} ${state} ${incarnation} by ${by} for ${cause}`;
    }
    if (update.kind === "deaths") return `${update.deaths.length} deaths for ${update.cause}`;
    const { record, state, ageMs, by } = update;
    const { name, incarnation, endpoint } = record;
    const address = naming.address(endpoint);
    const moved = address === name ? "" : ` @${address}`;
    const judge = by === name ? "" : ` by ${by}`;
    const age = ageMs >= 1000 && state !== "alive" ? ` ${seconds(ageMs)} ago` : "";
    return `${name} ${state} ${incarnation}${moved}${judge}${age}`;
  }

  event(event: NodeEvent, teller: string): string {
    switch (event.kind) {
      case "member-changed":
        return changeText(event);
      case "accused":
        return accusedText(event, teller);
      case "death-contradicted":
        return `heard ${event.member}, which ${event.by} calls dead`;
      case "suspicion-cleared":
        return `clears ${event.member}, ${event.cause}`;
      case "refuted":
        return `refutes being ${event.rumour}, said by ${event.by}: is ${event.incarnation} now`;
      case "reached-through":
        return `reaches ${event.member} only through ${event.through}`;
      case "probe-round-failed": {
        const helpers = event.helpers.join(" ") || "nobody";
        return `round for ${event.member} failed, asked ${helpers}, nacks ${event.nacks}: ${event.outcome}`;
      }
      case "isolated-changed":
        return event.isolated
          ? `is isolated, heard nobody for ${seconds(event.silentMs)}`
          : `is isolated no more, after ${seconds(event.silentMs)}`;
      case "readiness-changed":
        return event.notYet === null
          ? `has a whole view after ${seconds(event.forMs)}`
          : `may lack members: ${event.notYet}`;
      case "stalled":
        return `stood still for ${seconds(event.stalledMs)}`;
      case "local-health-changed":
        return `local health ${event.score}`;
      default:
        return this.rareEvent(event);
    }
  }

  private rareEvent(event: NodeEvent): string {
    const { naming } = this;
    switch (event.kind) {
      case "seeds-wanted":
        return `wants its seeds, attempt ${event.attempt}`;
      case "joined":
        return `joined through ${event.through}, ${event.members} members`;
      case "join-refused":
        return `is refused by @${naming.address(event.from)}: ${event.mine} here, ${event.theirs} there`;
      case "sync-finished": {
        const { peer, outcome, received, pushed } = event;
        return `sync with ${peer || "nobody"} ${outcome}: received ${received}, pushed ${pushed}`;
      }
      case "name-conflict": {
        const { mine, other, otherStartId, mustYield } = event;
        const whose = `${naming.start(otherStartId)} @${naming.address(other)}`;
        return `@${naming.address(mine)} shares its name with ${whose}: ${mustYield ? "yields" : "keeps it"}`;
      }
      case "newcomer-rejected": {
        const { member, holder, newcomer } = event;
        return `turns away @${naming.address(newcomer)}: ${member} is @${naming.address(holder)}`;
      }
      case "view-fetched":
        return `fetched the view of ${event.member}: ${event.entries.length} members`;
      case "left":
        return `has left, ${event.acked} of ${event.told} acked`;
      case "member-updated":
        return `${event.member} is ${event.incarnation} now`;
      case "member-reaped":
        return `reaps ${event.member}`;
      default:
        return event.kind;
    }
  }

  private body(body: MessageBody, receiver: string): string {
    const seq = "seq" in body ? this.naming.question(body.seq) : "";
    switch (body.kind) {
      case "ping":
        return `ping ${seq}${body.target === receiver ? "" : ` for ${body.target}`}`;
      case "not-me":
      case "relayed-ack":
        return `${body.kind} ${seq} ${body.target}`;
      case "ping-req":
        return `ping-req ${seq} ${body.target}, nack after ${Math.round(body.nackAfterMs)} ms`;
      case "nack":
        return `nack ${seq} ${body.target}${body.refused ? ", refused" : ""}`;
      case "record-request":
        return `record-request ${body.member}`;
      case "sync-request": {
        const after = body.after === null ? "" : ` after ${body.after}`;
        return `sync-request ${seq} with ${count(body.hashes.length, "bucket")}${after}`;
      }
      case "sync-page": {
        const differing = `${count(body.buckets.length, "bucket")} differing`;
        return `sync-page ${seq} ${differing}${body.next === null ? "" : `, next ${body.next}`}`;
      }
      case "join-refused":
        return `join-refused ${seq} ${body.profile}`;
      case "conflict": {
        const { address, start } = {
          address: this.naming.address(body.holder),
          start: this.naming.start(body.holderStartId),
        };
        return `conflict: ${body.name} is ${start} @${address}`;
      }
      case "view-page":
        return `view-page ${seq} ${count(body.entries.length, "entry", "entries")}`;
      case "ack":
      case "answer":
      case "answer-ack":
      case "view-request":
        return `${body.kind} ${seq}`;
      case "gossip":
      case "sync-push":
        return body.kind;
    }
  }
}

/** `1.5 s`, as short as it can be. */
export function seconds(spanMs: Millis): string {
  return `${Number((spanMs / 1000).toFixed(3))} s`;
}

function changeText(event: Extract<NodeEvent, { kind: "member-changed" }>): string {
  const { member, from, to, incarnation, by, reason } = event;
  const before = from === null ? "new" : `was ${from}`;
  return `${member} is ${to} ${incarnation}, ${before}; by ${by}: ${reason}`;
}

function accusedText(event: Extract<NodeEvent, { kind: "accused" }>, teller: string): string {
  const { member, accuser, evidence, incarnation, phi } = event;
  const what = `${member} ${incarnation} of ${crime(evidence)}`;
  if (accuser === teller) return `accuses ${what}, phi ${phi.toFixed(1)}`;
  return `hears ${accuser} accuse ${what}`;
}

function crime(evidence: AccusationReason): string {
  return evidence === "refused" ? "refusing" : evidence;
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
