import type { Effect, NodeEvent } from "../../src/core/effect.ts";
import type { MemberName, MemberRecord, Millis, Update } from "../../src/core/member.ts";
import type { MessageKind } from "../../src/core/message.ts";
import type { Body, EventOf } from "./driven-node.ts";

/** How far apart things happened that happened at these times. */
export function gapsOf(times: readonly Millis[]): Millis[] {
  return times.slice(1).map((at, index) => at - (times[index] ?? 0));
}

/** The bodies of one kind among what a step sent, in order; to one member where `to` names it. */
export function bodiesIn<K extends MessageKind>(
  effects: readonly Effect[],
  kind: K,
  to?: MemberName,
): Body<K>[] {
  return effects.flatMap((effect) => {
    if (effect.kind !== "send" || effect.message.body.kind !== kind) return [];
    return to === undefined || effect.to.member === to ? [effect.message.body as Body<K>] : [];
  });
}

/** The events of one kind that a step told. */
export function eventsIn<K extends NodeEvent["kind"]>(
  effects: readonly Effect[],
  kind: K,
): EventOf<K>[] {
  return effects.flatMap((effect) =>
    effect.kind === "event" && effect.event.kind === kind ? [effect.event as EventOf<K>] : [],
  );
}

/** Every update that a step sent to one member. */
export function toldTo(member: MemberName, effects: readonly Effect[]): Update[] {
  return effects.flatMap((effect) =>
    effect.kind === "send" && effect.to.member === member ? effect.message.updates : [],
  );
}

/** The records with their states that a step sent to one member. */
export function recordsTo(
  member: MemberName,
  effects: readonly Effect[],
): { record: MemberRecord; state: string }[] {
  return toldTo(member, effects).flatMap((update) =>
    update.kind === "belief" ? [{ record: update.record, state: update.state }] : [],
  );
}
