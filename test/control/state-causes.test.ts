import { expect, test } from "vitest";
import { StateCauses } from "../../src/control/state-causes.ts";
import type { ChangeCause, NodeEvent } from "../../src/core/effect.ts";
import type { MemberState } from "../../src/core/member.ts";

function change(to: MemberState, cause: ChangeCause): NodeEvent {
  const what = { kind: "member-changed", member: "n3", from: "alive", incarnation: 7 } as const;
  return { ...what, to, by: "n1", cause, reason: "because", phi: null };
}

const accused = (evidence: "silence" | "refused"): NodeEvent => ({
  kind: "accused",
  member: "n3",
  accuser: "n2",
  evidence,
  incarnation: 7,
  phi: 0,
});

function after(...events: readonly NodeEvent[]) {
  const causes = new StateCauses();
  for (const event of events) causes.accept(event);
  return causes.of("n3");
}

test("a member that no event was about has no known cause", () => {
  expect(after()).toEqual({ cause: null, refused: false });
});

test("a death that a peer told as a refusal is one", () => {
  expect(after(change("dead", "refusal"))).toEqual({ cause: "refusal", refused: true });
});

test("a refusal that one accuser met stays known when the verdict is another one", () => {
  const death = after(change("suspect", "silence"), accused("refused"), change("dead", "quorum"));
  expect(death).toEqual({ cause: "quorum", refused: true });
});

test("silence is no refusal", () => {
  expect(after(accused("silence"), change("dead", "quorum")).refused).toBe(false);
});

test("once it is alive again, no refusal is left", () => {
  expect(after(change("dead", "refusal"), change("alive", "restarted"))).toEqual({
    cause: "restarted",
    refused: false,
  });
});

test("nothing is kept of a member that was reaped", () => {
  const reaped = { kind: "member-reaped", member: "n3" } as const;
  expect(after(change("dead", "refusal"), reaped)).toEqual({ cause: null, refused: false });
});
