import type { MemberExplanation, MemberSnapshot, NodeSnapshot } from "../../src/core/snapshot.ts";
import { seconds } from "./notation.ts";
import type { World } from "./world.ts";

/** What one node believes, in a line: `a: a alive 1, b suspect 1 by c, d dead 2`. */
export function viewLine(world: World, name: string): string {
  return `${name}: ${viewText(world, world.process(name).node.snapshot(world.nowMs))}`;
}

/** All views, those that are equal in one line. */
export function viewLines(world: World): string[] {
  const viewers = new Map<string, string[]>();
  for (const { name, node } of world.processes) {
    const text = viewText(world, node.snapshot(world.nowMs));
    viewers.set(text, [...(viewers.get(text) ?? []), name]);
  }
  return [...viewers].map(([text, names]) => `${names.join(" ")}: ${text}`);
}

/** Why a member is what it is, as one node sees it. */
export function explainLines(world: World, viewer: string, member: string): string[] {
  const explanation = world.process(viewer).node.explain(world.nowMs, member);
  if (explanation === undefined) return [`${viewer} knows no ${member}`];
  return [
    `${viewer} on ${member}: ${factsText(explanation)}`,
    ...suspicionLines(explanation).map((line) => `  ${line}`),
  ];
}

function viewText(world: World, { members, isolated }: NodeSnapshot): string {
  const all = members.map((member) => memberText(world, member)).join(", ");
  return isolated ? `isolated; ${all}` : all;
}

function memberText(world: World, { record, state, accusers, reachedThrough }: MemberSnapshot) {
  const address = world.naming.address(record.endpoint);
  const moved = address === record.name ? "" : ` @${address}`;
  const accused = accusers.length === 0 ? "" : ` by ${[...accusers].sort().join(" ")}`;
  const through = reachedThrough === null ? "" : ` through ${reachedThrough}`;
  return `${record.name} ${state} ${record.incarnation}${moved}${accused}${through}`;
}

function factsText({
  state,
  record,
  stateForMs,
  lastHeardMs,
  phi,
  probe,
  observers,
}: MemberExplanation) {
  const heard = lastHeardMs === null ? "never heard" : `heard ${seconds(lastHeardMs)} ago`;
  const level = phi === null ? "not observed" : `phi ${phi.toFixed(1)}`;
  const muted = probe?.refusalsMutedForMs ?? 0;
  const mute = muted > 0 ? `, refusals muted for ${seconds(muted)}` : "";
  const watched = observers.join(" ") || "nobody";
  return `${state} ${record.incarnation} for ${seconds(stateForMs)}, ${heard}, ${level}${mute}; observers ${watched}`;
}

function suspicionLines({ suspicion }: MemberExplanation): string[] {
  if (suspicion === null) return ["never suspected"];
  const { accusations, quorum, quorumForMs, deadInMs, ended } = suspicion;
  const accusers = accusations.map(
    ({ accuser, evidence, agoMs }) => `${accuser} (${evidence}, ${seconds(agoMs)} ago)`,
  );
  const accused = `accused by ${accusers.join(", ") || "nobody any more"}`;
  if (ended !== null) return [`${accused}; ended ${seconds(ended.agoMs)} ago: ${ended.how}`];
  const stands = quorumForMs === null ? "not reached" : `stands for ${seconds(quorumForMs)}`;
  const end = deadInMs === null ? "no clock runs here" : `dead in ${seconds(deadInMs)}`;
  return [accused, `quorum of ${quorum} ${stands}; ${end}`];
}
