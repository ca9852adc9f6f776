import fc from "fast-check";
import { openPacket, type PoolSecurity, sealPacket } from "../../../pool/wire/envelope.ts";
import { readPushPull, sealPushPull } from "../../../pool/wire/push-pull.ts";
import { poolMessage, poolView } from "../messages/pool-arbitraries.ts";
import { mutateBytes } from "../mutate-bytes.ts";
import { demand, type FuzzTarget } from "../target.ts";
import { refusalOr } from "./wire-target.ts";

const IN_THE_CLEAR: PoolSecurity = { label: new Uint8Array(), keyring: undefined };
const SEEDS = 80;

/** Packets and streams of memberlist's pools; each input is read as both. */
export function createPoolTarget(): FuzzTarget {
  const packets = fc.array(poolMessage, { minLength: 1, maxLength: 5 });
  return {
    name: "pool",
    isRepeatable: true,
    seeds: (seed) => [
      ...fc.sample(packets, { numRuns: SEEDS, seed }).map((all) => sealPacket(all, IN_THE_CLEAR)),
      ...fc
        .sample(poolView, { numRuns: SEEDS, seed })
        .map((all) => sealPushPull(all, IN_THE_CLEAR)),
    ],
    mutate: mutateBytes,
    attempt(input) {
      const packet = refusalOr(() => {
        const { messages, dropped } = openPacket(input, IN_THE_CLEAR);
        return [...new Set(messages.map(({ kind }) => kind)), ...new Set(dropped)].sort().join(" ");
      });
      const stream = refusalOr(() => {
        const { members } = wholeView(input);
        demand(
          members.every(({ record: { name } }) => name !== ""),
          "a member has a name",
        );
        return "a view";
      });
      return `${packet}; ${stream}`;
    },
  };
}

function wholeView(stream: Uint8Array) {
  const reading = readPushPull(stream, IN_THE_CLEAR);
  for (let step = reading.next(); ; step = reading.next()) if (step.done) return step.value;
}
