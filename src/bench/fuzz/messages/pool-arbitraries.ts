import fc from "fast-check";
import { nameOf } from "../../../pool/wire/member-name.ts";
import type { PoolMessage, PushPull } from "../../../pool/wire/messages.ts";

// What members of memberlist's pools say to each other.

export const poolName = fc.uint8Array({ minLength: 1, maxLength: 255 }).map(nameOf);

const uint32 = fc.nat({ max: 0xffffffff });

const endpoint = fc.record({
  host: fc.oneof(fc.ipV4(), fc.constant("fe80::1:2")),
  port: fc.integer({ min: 1, max: 65535 }),
});

const record = fc.record({
  name: poolName,
  endpoint,
  incarnation: uint32,
  meta: fc.uint8Array({ maxLength: 512 }).map((bytes) => Uint8Array.from(bytes)),
  versions: fc.constant(Uint8Array.of(1, 5, 2, 2, 5, 4)),
});

/** One message of a packet. */
export const poolMessage: fc.Arbitrary<PoolMessage> = fc.oneof(
  fc.record({ kind: fc.constant("ping"), seq: uint32, target: poolName, source: poolName }),
  fc.record({
    ...{ kind: fc.constant("indirect-ping"), seq: uint32, target: poolName, source: poolName },
    ...{ endpoint, replyTo: endpoint },
  }),
  fc.record({ kind: fc.constantFrom("ack", "nack"), seq: uint32 }),
  fc.record({
    kind: fc.constantFrom("suspect", "dead"),
    ...{ member: poolName, incarnation: uint32, by: poolName },
  }),
  fc.record({ kind: fc.constant("alive"), record }),
) as fc.Arbitrary<PoolMessage>;

/** A whole view, as it goes through a stream. */
export const poolView = fc.record({
  isJoin: fc.boolean(),
  members: fc.array(
    fc.record({ record, state: fc.constantFrom("alive", "suspect", "dead", "left") }),
    { maxLength: 20 },
  ),
  userState: fc.uint8Array({ maxLength: 40 }).map((bytes) => Uint8Array.from(bytes)),
}) as fc.Arbitrary<PushPull>;
