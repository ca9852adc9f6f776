import { expect, test } from "vitest";
import type { PoolEffect } from "../../../src/pool/core/pool-effect.ts";
import type { PoolInput } from "../../../src/pool/core/pool-input.ts";
import {
  MESSAGE_TYPE,
  type PoolMemberState,
  type PoolMessage,
  type PoolRecord,
  type PushPull,
  type PushPullState,
} from "../../../src/pool/wire/messages.ts";

test("every kind of message has its number", () => {
  const kinds: readonly PoolMessage["kind"][] = ["ping", "ack", "suspect", "alive", "dead", "user"];
  expect(kinds.map((kind) => MESSAGE_TYPE[kind])).toEqual([0, 2, 3, 4, 5, 8]);
});

test("an empty push/pull holds nobody", () => {
  const endpoint = { host: "127.0.0.1", port: 7946 };
  const asked: PoolEffect = { kind: "push-pull", member: null, endpoint };
  const states: PoolMemberState[] = ["alive"];
  const records: PoolRecord[] = [];
  const members: PushPullState[] = records.map((record) => ({
    record,
    state: states[0] ?? "left",
  }));
  const view: PushPull = { isJoin: false, members, userState: new Uint8Array() };
  const answer: PoolInput = { ...asked, from: endpoint, view };
  expect(answer.view.members).toEqual([]);
});
