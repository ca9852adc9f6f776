import { expect, test } from "vitest";
import type { NodeEvent } from "../../../src/core/effect.ts";
import { SerfEvents } from "../../../src/daemon/guest/serf-events.ts";
import { openPacket } from "../../../src/pool/wire/envelope.ts";
import { userEventsOf } from "../../../src/pool/wire/serf.ts";
import { golden, IN_THE_CLEAR } from "../../pool/golden/golden.ts";

/** As an agent gossips it: what Serf's own agents were recorded to send. */
const DEPLOY = golden("serf-uncompressed")
  .filter(({ how }) => how === "packet")
  .flatMap(({ bytes }) => openPacket(bytes, IN_THE_CLEAR).messages)
  .flatMap((message) => (message.kind === "user" ? [message.bytes] : []))
  .find((bytes) => bytes[0] === 3);

const raw = (text: string) => [0xa0 | text.length, ...Buffer.from(text)];
/** A push/pull's user state that remembers these events, with empty places between. */
const remembering = (...events: readonly (readonly [clock: number, name: string])[]) =>
  Uint8Array.of(
    ...[2, 0x81, ...raw("Events"), 0x90 | (2 * events.length)],
    ...events.flatMap(([clock, name]) => [
      ...[0xc0, 0x82, ...raw("LTime"), clock, ...raw("Events"), 0x91],
      ...[0x82, ...raw("Name"), ...raw(name), ...raw("Payload"), ...raw("v2")],
    ]),
  );

function listening() {
  const told: string[] = [];
  const events = new SerfEvents((event: NodeEvent) => {
    if (event.kind === "user-event") told.push(`${event.seq} ${event.name} ${event.payload}`);
  });
  return { told, events };
}

test("an event that several members pass on is told once", () => {
  const { told, events } = listening();
  for (let times = 0; times < 3; times++) events.onMessage(DEPLOY ?? new Uint8Array());
  expect(told).toEqual([expect.stringMatching(/^\d+ deploy version 42$/)]);
});

test("an event that was not heard is read from a view, what was before the guest is not told", () => {
  const { told, events } = listening();
  events.onView(remembering([4, "old"]));
  events.onView(remembering([4, "old"], [6, "newer"], [5, "new"]));
  events.onView(remembering([4, "old"], [5, "new"], [6, "newer"]));
  expect(told).toEqual(["5 new v2", "6 newer v2"]);
});

test("what cannot be read is passed over", () => {
  const { told, events } = listening();
  for (const bytes of [Uint8Array.of(3, 0x81), Uint8Array.of(2, 0x81, 0xa6), new Uint8Array()]) {
    events.onMessage(bytes);
    events.onView(bytes);
  }
  expect(told).toEqual([]);
  expect(userEventsOf(Uint8Array.of(7))).toEqual([]);
});
