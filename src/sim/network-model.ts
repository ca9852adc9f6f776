import type { Millis } from "../core/member.ts";
import { deviationsAt } from "../core/primitives/normal-tail.ts";
import type { Rng } from "../core/primitives/rng.ts";

/** Something that happens to a datagram now and then: how likely, and how much longer it then takes at most. */
export interface Hiccup {
  readonly probability: number;
  readonly upToMs: Millis;
}

/**
 * How long a datagram travels one way: `latencyMs` and uniformly up to `jitterMs` more, so that it
 * can overtake.
 */
export interface LinkDelay {
  readonly latencyMs: Millis;
  readonly jitterMs: Millis;
  /** Makes the jitter log-normal with the median `jitterMs`: the deviation of its logarithm. */
  readonly jitterSigma?: number;
  /** Queues that fill for a moment, as on long ways. */
  readonly spikes?: Hiccup;
}

/** What a network does to the datagrams of all its links. Plain data: a run can print it. */
export interface NetworkModel {
  readonly delay: LinkDelay;
  /** Every link multiplies its delay by a factor of its own, from 1/this to this. 1: all alike. */
  readonly linkSpread: number;
  /** Probabilities from 0 to 1, for each datagram. */
  readonly loss: number;
  readonly duplicate: number;
  /** Datagrams that are held back and overtaken. */
  readonly reorder: Hiccup;
  /** Probability that together with a datagram an old one, of any link, arrives once more. */
  readonly replay: number;
}

/** Networks that can be chosen by name. */
export type NetworkName = "lan" | "wan" | "mixed";

const NEVER_HELD: Hiccup = Object.freeze({ probability: 0, upToMs: 0 });

const HONEST = { linkSpread: 1, loss: 0, duplicate: 0, reorder: NEVER_HELD, replay: 0 } as const;

/** A network that only takes the time of `delay`. */
export function plainNetwork(delay: LinkDelay): NetworkModel {
  return Object.freeze({ ...HONEST, delay });
}

/**
 * One way: about 1 ms in one site; 40 ms with spikes between distant ones; links from far under a
 * millisecond to some tens in a network of both.
 */
export const NETWORKS: Readonly<Record<NetworkName, NetworkModel>> = Object.freeze({
  lan: plainNetwork({ latencyMs: 0.3, jitterMs: 0.7, jitterSigma: 0.5 }),
  wan: plainNetwork({
    latencyMs: 30,
    jitterMs: 10,
    jitterSigma: 0.6,
    spikes: { probability: 0.01, upToMs: 250 },
  }),
  mixed: Object.freeze({
    ...HONEST,
    delay: { latencyMs: 0.5, jitterMs: 2, jitterSigma: 0.8 },
    linkSpread: 12,
  }),
});

/** One travel time on a link whose own factor is `factor`. */
export function drawDelayMs(delay: LinkDelay, factor: number, rng: Rng): Millis {
  const { latencyMs, jitterMs, jitterSigma, spikes } = delay;
  const drawn = rng.next();
  const share = jitterSigma === undefined ? drawn : Math.exp(jitterSigma * normalAt(drawn));
  return factor * (latencyMs + jitterMs * share) + drawHiccupMs(spikes ?? NEVER_HELD, rng);
}

/** How much longer one datagram takes; 0 where nothing happens to it. */
export function drawHiccupMs({ probability, upToMs }: Hiccup, rng: Rng): Millis {
  if (probability === 0 || rng.next() >= probability) return 0;
  return upToMs * rng.next();
}

/** A link's own factor, from 1/`spread` to `spread`, small and large ones alike. */
export function drawLinkFactor(spread: number, rng: Rng): number {
  return spread === 1 ? 1 : spread ** (2 * rng.next() - 1);
}

/**
 * A table instead of a formula: one random number a draw, and nothing in it that could round
 * differently on another machine.
 */
const NORMAL_STEPS = 1024;
const NORMAL_QUANTILES = Float64Array.from({ length: NORMAL_STEPS }, (_, step) => {
  const share = (step + 0.5) / NORMAL_STEPS;
  const tail = Math.min(share, 1 - share);
  return Math.sign(share - 0.5) * deviationsAt(-Math.log10(tail));
});

function normalAt(share: number): number {
  return NORMAL_QUANTILES[Math.floor(share * NORMAL_STEPS)] ?? 0;
}
