import { expect, test } from "vitest";
import { ObservedState } from "../../../src/cluster/observe/observed-state.ts";
import type { PublicEvent } from "../../../src/control/api-types.ts";
import type { ChangeCause } from "../../../src/core/effect.ts";
import type { AccusationReason, MemberState } from "../../../src/core/member.ts";

/** What "a" holds of "b", fed with what "a" tells. */
class Watched {
  readonly state = new ObservedState(["a", "b", "c"], { profile: "lan", settings: {} });
  private atMs = 0;

  constructor() {
    for (const node of ["a", "b", "c"]) {
      this.state.observe({ node, atMs: 0, kind: "started", member: node });
    }
    this.becomes("alive", "joined");
  }

  becomes(to: MemberState, cause: ChangeCause) {
    const change = { incarnation: 1, by: "c", reason: "", phi: null, from: null };
    return this.tells({ event: "member-changed", member: "b", to, cause, ...change });
  }

  accuses(accuser: string, evidence: AccusationReason) {
    const accused = { event: "accused", member: "b", incarnation: 1, phi: 9 } as const;
    return this.tells({ ...accused, accuser, evidence });
  }

  tells(event: PublicEvent) {
    this.atMs += 100;
    return this.state.observe({ node: "a", atMs: this.atMs, kind: "event", event });
  }

  get held() {
    return this.state.belief("a", "b");
  }
}

test("a suspicion has the kind of its first accusation, and each other kind that is told later", () => {
  const watched = new Watched();
  watched.becomes("suspect", "unreachable");
  watched.accuses("a", "unreachable");
  expect(watched.held).toMatchObject({ silence: "unreachable", detectedSinceMs: undefined });
  const changes = watched.accuses("a", "frozen");
  expect(changes).toMatchObject([{ from: "suspect", to: "suspect", cause: "frozen", by: "a" }]);
  expect(watched.held).toMatchObject({ silence: "frozen", detectedSinceMs: 400 });
  watched.accuses("a", "unreachable");
  expect(watched.held).toMatchObject({ silence: "unreachable", detectedSinceMs: undefined });
});

test("one accuser that heard the kernel outweighs those that did not", () => {
  const watched = new Watched();
  watched.becomes("suspect", "frozen");
  watched.accuses("a", "frozen");
  expect(watched.accuses("c", "silence")).toEqual([]);
  expect(watched.held?.silence).toBe("frozen");
});

test("a suspect that was heard is frozen no more, and the next suspicion begins anew", () => {
  const watched = new Watched();
  watched.becomes("suspect", "frozen");
  watched.accuses("c", "frozen");
  watched.tells({ event: "suspicion-cleared", member: "b", cause: "heard" });
  watched.accuses("a", "silence");
  expect(watched.held?.silence).toBe("silence");
});

test("a death has the kind of its verdict, and who is alive has none", () => {
  const watched = new Watched();
  watched.becomes("dead", "crash");
  expect(watched.held?.silence).toBe("crashed");
  watched.becomes("alive", "returned");
  expect(watched.held).toMatchObject({ silence: null, detectedSinceMs: undefined });
});
