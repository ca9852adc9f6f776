import fc from "fast-check";
import { PROFILES } from "../../../core/config.ts";
import type { Effect } from "../../../core/effect.ts";
import { WireError } from "../../../core/errors.ts";
import type { MemberRecord } from "../../../core/member.ts";
import { createSwimNode } from "../../../core/node/swim-node.ts";
import { type Rng, seededRng } from "../../../core/primitives/rng.ts";
import { createCodec } from "../../../wire/codec.ts";
import { DATAGRAM_BYTES_MAX } from "../../../wire/limits.ts";
import { pooledMessage } from "../messages/node-inputs.ts";
import { below, concat, pick } from "../mutate-bytes.ts";
import { demand, type FuzzTarget } from "../target.ts";
import { FUZZ_LABEL, fewRecords, mutateDatagram } from "./wire-target.ts";

const SEEDS = 60;
const LETTERS_MAX = 24;
const PEER = { host: "127.0.0.1", port: 7947 };

const SELF: MemberRecord = {
  ...{
    name: "self",
    endpoint: { host: "127.0.0.1", port: 7946 },
    startId: "00000001".padEnd(24, "a"),
  },
  ...{ incarnation: 1, tags: {}, services: [], api: null, protocol: { min: 1, max: 1 } },
  takesWires: true,
};

/** A datagram, and how long after the one before it comes, in hundredths of a second. */
interface Letter {
  readonly after: number;
  readonly datagram: Uint8Array;
}

/**
 * A whole node that joins, and is sent one datagram after another: joins, pages of syncs, views, rumours, user messages. An
 * input is the datagrams, each behind its delay and its length.
 */
export function createSyncTarget(): FuzzTarget {
  const codec = createCodec({
    clusterLabel: FUZZ_LABEL,
    datagramBytesMax: 1 << 16,
    interner: fewRecords(),
  });
  const letter = fc.tuple(pooledMessage, fc.nat(40)).map(([message, after]): Letter => {
    return { after, datagram: codec.encode(message) };
  });
  const letters = fc.array(letter, { minLength: 2, maxLength: LETTERS_MAX });
  return {
    name: "sync",
    isRepeatable: true,
    seeds: (seed) => fc.sample(letters, { numRuns: SEEDS, seed }).map(write),
    mutate: (rng, input, other) => write(mutateLetters(rng, read(input), read(other))),
    attempt(input) {
      const node = createSwimNode({
        self: SELF,
        config: PROFILES.lan,
        rng: seededRng([1, 2, 3, 4]),
        sizer: codec.sizer,
        hasSeeds: true,
      });
      let now = 0;
      let sent = 0;
      const look = (effects: readonly Effect[]): void => {
        for (const effect of effects) {
          if (effect.kind !== "send") continue;
          sent++;
          const { length } = codec.encode(effect.message);
          demand(length <= PROFILES.lan.datagramBytesMax, "a datagram fits its budget");
        }
      };
      look(node.step(now, { kind: "wakeup", stalledMs: 0 }));
      look(node.step(now, { kind: "join", seeds: [PEER] }));
      for (const { after, datagram } of read(input)) {
        now += after * 10;
        try {
          const [message, bytes] = [codec.decode(datagram), datagram.length];
          look(node.step(now, { kind: "message", from: PEER, message, bytes }));
        } catch (error) {
          if (!(error instanceof WireError)) throw error;
        }
        look(node.step(now, { kind: "wakeup", stalledMs: 0 }));
        const wakeupAt = node.nextWakeupAt() ?? -1;
        demand(wakeupAt >= now, "a node wants to be woken, now or later");
      }
      const { members, isolated, notYet } = node.snapshot(now);
      const own = members.find(({ record }) => record.name === SELF.name);
      demand(own?.state === "alive", "a node holds itself alive");
      demand(
        members.every(({ phi }) => phi === null || Number.isFinite(phi)),
        "phi is finite",
      );
      const states = [...new Set(members.map(({ state }) => state))].sort().join(" ");
      return `${states}${isolated ? ", isolated" : ""}${notYet === null ? ", whole" : ""}, sent ${Math.ceil(Math.log2(sent + 1))}`;
    },
  };
}

function mutateLetters(rng: Rng, letters: readonly Letter[], others: readonly Letter[]): Letter[] {
  const made = [...letters];
  const at = below(rng, made.length + 1);
  const chosen = made[at];
  const way = rng.next();
  if (chosen === undefined || way < 0.15) {
    if (others.length > 0) made.splice(at, 0, pick(rng, others));
  } else if (way < 0.25) made.splice(at, 1);
  else if (way < 0.35) made.splice(at, 0, chosen);
  else if (way < 0.5) made[at] = { ...chosen, after: below(rng, 256) };
  else if (way < 0.6) made.splice(at, made.length, ...others.slice(below(rng, others.length)));
  else {
    const donor = others.length > 0 ? pick(rng, others) : chosen;
    const datagram = mutateDatagram(rng, chosen.datagram, donor.datagram);
    made[at] = { ...chosen, datagram: datagram.subarray(0, DATAGRAM_BYTES_MAX) };
  }
  return made.slice(0, LETTERS_MAX);
}

function write(letters: readonly Letter[]): Uint8Array {
  return concat(
    ...letters.flatMap(({ after, datagram }) => [
      Uint8Array.of(after, datagram.length >> 8, datagram.length & 255),
      datagram,
    ]),
  );
}

/** Whatever the bytes are: a length that is too long ends where they end. */
function read(bytes: Uint8Array): Letter[] {
  const letters: Letter[] = [];
  for (let at = 0; at + 3 <= bytes.length && letters.length < LETTERS_MAX; ) {
    const [after = 0, high = 0, low = 0] = bytes.subarray(at, at + 3);
    const end = at + 3 + high * 256 + low;
    letters.push({ after, datagram: bytes.subarray(at + 3, end) });
    at = end;
  }
  return letters;
}
