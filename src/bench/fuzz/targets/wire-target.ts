import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { WireError } from "../../../core/errors.ts";
import type { Rng } from "../../../core/primitives/rng.ts";
import { createCodec } from "../../../wire/codec.ts";
import { createHelloCodec } from "../../../wire/hello.ts";
import { DATAGRAM_BYTES_MAX } from "../../../wire/limits.ts";
import { createRecordInterner, type RecordInterner } from "../../../wire/record/record-interner.ts";
import { message, name, startId } from "../messages/arbitraries.ts";
import { limitsBroken } from "../messages/limits-broken.ts";
import { concat, mutateBytes } from "../mutate-bytes.ts";
import { mutateTree } from "../mutate-tree.ts";
import { demand, type FuzzTarget } from "../target.ts";

/** Label of the cluster that the inputs are of. */
export const FUZZ_LABEL = "fuzz";

/** Version, mode, start id, counter, the label and its length: where the payload begins. */
const HEAD_BYTES = 1 + 1 + 12 + 4 + 1 + FUZZ_LABEL.length;
const SEEDS = 200;
const RECORDS_KEPT = 64;

/** Full at once: the records that a codec of a cluster keeps, thousands, would hide a leak. */
export function fewRecords(): RecordInterner {
  return createRecordInterner(RECORDS_KEPT);
}

/** A datagram with its bytes changed, or, as often, a value in the tree that it carries. */
export function mutateDatagram(rng: Rng, input: Uint8Array, other: Uint8Array): Uint8Array {
  if (rng.next() < 0.4 || input.length <= HEAD_BYTES) return mutateBytes(rng, input, other);
  const payload = mutateTree(rng, input.subarray(HEAD_BYTES), other.subarray(HEAD_BYTES));
  return concat(input.subarray(0, HEAD_BYTES), payload);
}

/** Envelope and payload of datagrams: a refusal with a reason, or a message within all limits that encodes again. */
export function createWireTarget(): FuzzTarget {
  const codec = createCodec({
    clusterLabel: FUZZ_LABEL,
    datagramBytesMax: 1 << 16,
    interner: fewRecords(),
  });
  return {
    name: "wire",
    isRepeatable: true,
    seeds: (seed) => fc.sample(message, { numRuns: SEEDS, seed }).map((each) => codec.encode(each)),
    mutate: mutateDatagram,
    attempt(input) {
      const made = refusalOr(() => codec.decode(input));
      if (typeof made === "string") return made;
      const broken = limitsBroken(made);
      demand(broken.length === 0, `a decoded message keeps the limits (${broken.join(" ")})`);
      // One that left out what later versions added is longer afterwards.
      const again = codec.encode(made);
      if (again.length <= DATAGRAM_BYTES_MAX) {
        demand(
          isDeepStrictEqual(codec.decode(again), made),
          "a message survives encode and decode",
        );
      }
      return made.updates.reduce((said, { kind }) => addWord(said, kind), made.body.kind as string);
    },
  };
}

/** What each side of a wire says first: the same, with a length in front. */
export function createHelloTarget(): FuzzTarget {
  const codec = createHelloCodec(FUZZ_LABEL);
  const hello = fc.record({ sender: name, startId, target: name });
  return {
    name: "hello",
    isRepeatable: true,
    seeds: (seed) => fc.sample(hello, { numRuns: 20, seed }).map((each) => codec.encode(each)),
    mutate(rng, input, other) {
      if (rng.next() < 0.5) return mutateBytes(rng, input, other);
      const frame = mutateDatagram(rng, input.subarray(2), other.subarray(2));
      return concat(Uint8Array.of(frame.length >> 8, frame.length & 255), frame);
    },
    attempt(input) {
      const made = refusalOr(() => codec.decode(input) ?? "unfinished");
      if (typeof made === "string") return made;
      demand(made.bytes <= input.length, "a hello takes no more bytes than there are");
      demand(
        limitsBroken({ ...made.hello, updates: [], body: {} } as never).length === 0,
        "a hello keeps the limits",
      );
      return "hello";
    },
  };
}

/** The reason of a refusal, or what was read. */
export function refusalOr<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    if (error instanceof WireError) return `refused: ${error.reason}`;
    throw error;
  }
}

/** One more word of an outcome; each is said once. */
function addWord(said: string, word: string): string {
  return said.split(" ").includes(word) ? said : `${said} ${word}`;
}
