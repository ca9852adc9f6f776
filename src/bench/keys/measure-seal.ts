import { randomBytes } from "node:crypto";
import { ClusterKey, KEY_BYTES } from "../../keys/cluster-key.ts";
import { Keyring } from "../../keys/keyring.ts";
import { KeyringSeal } from "../../keys/keyring-seal.ts";
import { median } from "../../text/quantiles.ts";
import { COUNTER_AT } from "../../wire/envelope.ts";
import { SEAL_HEAD_BYTES, SEAL_TAG_BYTES } from "../../wire/seal.ts";

/** What a datagram of that size pays for its seal. */
export interface SealCost {
  readonly payloadBytes: number;
  /** Median CPU time of one, in microseconds. */
  readonly closeUs: number;
  readonly openUs: number;
}

/** Version, mode, start id, counter, and a label of seven characters. */
const HEAD_BYTES = 26;
const BATCH = 500;

/** Seals and opens datagrams of these sizes, in `batches` batches of 500 each. */
export function measureSeal(sizes: readonly number[], batches: number): SealCost[] {
  const secret = new ClusterKey(randomBytes(KEY_BYTES));
  const seal = () =>
    new KeyringSeal({ keyring: new Keyring([secret], "require"), purpose: "datagram" });
  return sizes.map((payloadBytes) => {
    const [closing, opening] = [seal(), seal()];
    const closed: number[] = [];
    const opened: number[] = [];
    let counter = 0;
    for (let batch = 0; batch < batches; batch++) {
      const frames = Array.from({ length: BATCH }, () => frameOf(payloadBytes, ++counter));
      closed.push(timeOf(() => frames.forEach((frame) => void closing.close(frame, HEAD_BYTES))));
      opened.push(timeOf(() => frames.forEach((frame) => void opening.open(frame, HEAD_BYTES))));
    }
    return {
      payloadBytes,
      closeUs: median(closed),
      openUs: median(opened),
    };
  });
}

function frameOf(payloadBytes: number, counter: number): Uint8Array {
  const frame = new Uint8Array(HEAD_BYTES + SEAL_HEAD_BYTES + payloadBytes + SEAL_TAG_BYTES);
  frame.fill(7);
  new DataView(frame.buffer).setUint32(COUNTER_AT, counter);
  return frame;
}

/** Microseconds of CPU for each of the batch, whatever else this machine does; the collection of garbage counts. */
function timeOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / BATCH;
}
