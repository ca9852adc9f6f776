import type { Endpoint } from "../../core/member.ts";
import { seededRng } from "../../core/primitives/rng.ts";
import { FaultGate } from "../../transport/fault-gate.ts";
import { openUdpTransport, type UdpTransport } from "../../transport/udp-transport.ts";

/** Which delays are measured, and with how many datagrams. */
export interface DelayPlan {
  readonly datagramsPerS: number;
  readonly forMs: number;
  /** One link each, so that datagrams of all of them leave between each other. */
  readonly delaysMs: readonly number[];
}

/** A datagram: which link it took, and when it was given to the gate. */
const BYTES = 16;

/** A datagram that is so much later than it should be has got lost. */
const LOST_AFTER_MS = 3_000;

/**
 * How much later than asked for each datagram arrived over loopback, in ms, by delay. Negative: too
 * early. Lost ones are missing.
 */
export async function measureDelayErrors(
  plan: DelayPlan,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const sender = await openQuiet();
  const receiver = await openQuiet();
  const errors = new Map(plan.delaysMs.map((delayMs): [number, number[]] => [delayMs, []]));
  let arrived = 0;
  let onArrival = (): void => undefined;
  receiver.listen({
    onDatagram: (datagram) => {
      const arrivedMs = performance.now();
      const { delayMs, sentMs } = read(datagram);
      errors.get(delayMs)?.push(arrivedMs - sentMs - delayMs);
      arrived++;
      onArrival();
    },
    onRefused: () => undefined,
  });
  const gate = new FaultGate({ self: "a", transport: sender, rng: seededRng([1, 2, 3, 4]) });
  gate.setRules(plan.delaysMs.map((delayMs) => ({ from: ["a"], to: [nameOf(delayMs)], delayMs })));
  try {
    const sent = await sendAtRate(plan, gate, receiver.local);
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, Math.max(...plan.delaysMs) + LOST_AFTER_MS);
      onArrival = () => {
        if (arrived < sent) return;
        clearTimeout(late);
        resolve();
      };
      onArrival();
    });
  } finally {
    gate.close();
    await Promise.all([sender.close(), receiver.close()]);
  }
  return errors;
}

/**
 * Evenly, as far as a timer allows: each tick sends what is due by then.
 *
 * @returns how many were sent
 */
function sendAtRate(plan: DelayPlan, gate: FaultGate, endpoint: Endpoint): Promise<number> {
  const { datagramsPerS, forMs, delaysMs } = plan;
  const beginMs = performance.now();
  let sent = 0;
  return new Promise((resolve) => {
    const ticking = setInterval(() => {
      const elapsedMs = Math.min(performance.now() - beginMs, forMs);
      for (const due = (elapsedMs / 1000) * datagramsPerS; sent < due; sent++) {
        const delayMs = delaysMs[sent % delaysMs.length] ?? 0;
        gate.send(write(delayMs, performance.now()), { endpoint, member: nameOf(delayMs) });
      }
      if (elapsedMs < forMs) return;
      clearInterval(ticking);
      resolve(sent);
    }, 1);
  });
}

function nameOf(delayMs: number): string {
  return `after-${delayMs}`;
}

function write(delayMs: number, sentMs: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(BYTES));
  view.setFloat64(0, delayMs);
  view.setFloat64(8, sentMs);
  return new Uint8Array(view.buffer);
}

function read(datagram: Uint8Array): { readonly delayMs: number; readonly sentMs: number } {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  return { delayMs: view.getFloat64(0), sentMs: view.getFloat64(8) };
}

function openQuiet(): Promise<UdpTransport> {
  return openUdpTransport({ bind: { host: "127.0.0.1", port: 0 }, onWarning: () => undefined });
}
