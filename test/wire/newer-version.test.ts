import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bodies, header, news, update } from "../../src/bench/fuzz/messages/arbitraries.ts";
import type { Message, MessageBody } from "../../src/core/message.ts";
import { createCodec } from "../../src/wire/codec.ts";
import { createEnvelope } from "../../src/wire/envelope.ts";
import { pack } from "../../src/wire/msgpack.ts";
import type { Seal } from "../../src/wire/seal.ts";
import { sealOf } from "../keys/sealed.ts";
import { type Newer, newerOf, type Tree } from "./newer.ts";

const codec = createCodec({ clusterLabel: "test" });

const NOTHING_ADDED: Newer["extend"] = () => undefined;
const ALL_KNOWN: Newer["renumber"] = () => false;

const added = fc.anything({ maxDepth: 2, withDate: true, withTypedArray: true });

// Few enough that what is added still fits into a datagram.
const messages = (body: fc.Arbitrary<MessageBody>): fc.Arbitrary<Message> =>
  fc
    .record(
      { header, body, updates: fc.array(update, { maxLength: 2 }), news },
      { requiredKeys: ["header", "body", "updates"], noNullPrototype: true },
    )
    .filter((message) => codec.encode({ ...message }).length < 1000);

describe.each(Object.entries(bodies))("a newer version's %s", (_, body) => {
  test("may have any further elements at the end of each array", () => {
    fc.assert(
      fc.property(messages(body), fc.array(added, { minLength: 1, maxLength: 2 }), (...given) => {
        const [message, more] = given;
        // Nil stands for what is left out: only so is anything behind it in its place.
        const extend = (array: Tree, length: number) => {
          while (array.length < length) array.push(null);
          array.push(...more);
        };
        const { datagram, expected } = newerOf(message, codec.encode(message), {
          extend,
          renumber: ALL_KNOWN,
        });
        fc.pre(datagram.length <= 1472);
        expect(codec.decode(datagram)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  test("may have them where this version would have something of another type", () => {
    fc.assert(
      fc.property(messages(body), (message) => {
        const extend = (array: Tree) => array.push({ later: 1 });
        const { datagram, expected } = newerOf(message, codec.encode(message), {
          extend,
          renumber: ALL_KNOWN,
        });
        expect(codec.decode(datagram)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  test("may have numbers that are not known: the rest is read, and they are counted", () => {
    fc.assert(
      fc.property(
        messages(body),
        fc.integer({ min: 17, max: 0xffff_ffff }),
        fc.infiniteStream(fc.boolean()),
        (message, number, isNew) => {
          let replaced = 0;
          const renumber = (array: Tree, at: number) => {
            if (isNew.next().value !== true) return false;
            replaced++;
            array[at] = number;
            return true;
          };
          const reader = createCodec({ clusterLabel: "test" });
          const { datagram, expected } = newerOf(message, codec.encode(message), {
            extend: NOTHING_ADDED,
            renumber,
          });
          expect(reader.decode(datagram)).toEqual(expected);
          const counted = Object.values(reader.passedOver).reduce((sum, count) => sum + count, 0);
          // Of an update or an entry that is left out, the first such number is counted.
          expect(counted > 0).toBe(replaced > 0);
          expect(counted).toBeLessThanOrEqual(replaced);
        },
      ),
      { numRuns: 30 },
    );
  });
});

test("what this version knows is checked as before: a place that may be empty takes no wrong value", () => {
  const wrong: readonly [kind: number, body: Tree][] = [
    [1, [1, new Uint8Array(8), null, -1]],
    [1, [1, new Uint8Array(8), true, 0.5]],
    [8, [1, "lan", 0, new Uint8Array(8), "no name"]],
  ];
  for (const [kind, fields] of wrong) {
    const datagram = written(["a", 1, 0], kind, fields);
    expect(() => codec.decode(datagram)).toThrow("field");
  }
});

test("whom a datagram is for is read where it is sealed alone, whatever stands behind it", () => {
  const seal = sealOf([1]);
  const sealed = createCodec({ clusterLabel: "test", seal });
  const head = (...more: Tree) => ["a", 1, 0, ...more];
  const addressee = (...more: Tree) =>
    sealed.decode(written(head(...more), 6, [], seal)).header.addressee;
  expect(addressee(7, "later")).toBe(7);
  expect(addressee(null, "later")).toBeNull();
  expect(addressee("later")).toBeUndefined();
  expect(codec.decode(written(head(7, "later"), 6, [])).header).not.toHaveProperty("addressee");
});

/** A datagram of a header, a kind and a body as they are given. */
function written(head: Tree, kind: number, fields: Tree, seal?: Seal): Uint8Array {
  const envelope = createEnvelope("test", seal);
  const payload = pack([head, kind, fields, []] as never);
  const datagram = new Uint8Array(envelope.headBytes + payload.length + envelope.tailBytes);
  datagram.set(payload, envelope.headBytes);
  envelope.write(datagram, "69214d100123456789abcdef", 1);
  return datagram;
}
