import type { Millis } from "../core/member.ts";
import { chance, type Rng } from "../core/primitives/rng.ts";
import { drawDelaysMs } from "../transport/link-rules.ts";
import type { EventHeap } from "./event-heap.ts";
import type { LinkFaults } from "./link-faults.ts";
import { Links } from "./links.ts";
import { drawDelayMs, drawHiccupMs, drawLinkFactor, type NetworkModel } from "./network-model.ts";

/** Why something did not get through. */
export type Loss = "cut" | "lost";

/** What is on its way from one host to another, whatever it is. */
export interface Parcel {
  readonly from: string;
  readonly to: string;
  /** Whose luck it is: datagrams and segments draw from streams of their own. */
  readonly rng: Rng;
}

/** The ways between hosts: what links, link rules and the network's model do to all that travels. */
export class Paths {
  readonly links = new Links();
  model: NetworkModel;
  faults: LinkFaults | undefined;
  private readonly heap: EventHeap;

  constructor(heap: EventHeap, model: NetworkModel) {
    this.heap = heap;
    this.model = model;
  }

  /** What the faults of a link let through leaves, now or later, once or twice. */
  passFaults(
    { from, to, rng }: Parcel,
    leave: () => void,
    dropped: (loss: Loss, isRejected: boolean) => void,
  ): void {
    const fault = this.faults?.between(from, to);
    if (fault === undefined) {
      leave();
      return;
    }
    const delaysMs = drawDelaysMs(fault, rng);
    if (delaysMs.length === 0) dropped(fault.drop === 1 ? "cut" : "lost", fault.reject);
    for (const delayMs of delaysMs) this.heap.at(this.heap.nowMs + delayMs, leave);
  }

  /** Arrives after its time, or is lost on the way: then it says how. */
  travel({ from, to, rng }: Parcel, arrive: () => void): Loss | undefined {
    const { links, model, heap } = this;
    if (links.isCut(from, to)) return "cut";
    const link = model.linkSpread === 1 ? links.get(from, to) : links.edit(from, to);
    const loss = link?.loss ?? model.loss;
    if (loss > 0 && chance(rng, loss)) return "lost";
    if (link !== undefined) link.factor ??= drawLinkFactor(model.linkSpread, rng);
    const delayMs: Millis = drawDelayMs(link?.delay ?? model.delay, link?.factor ?? 1, rng);
    const heldMs = drawHiccupMs(model.reorder, rng) + (link?.extraMs ?? 0);
    heap.at(Math.max(heap.nowMs + delayMs + heldMs, link?.cloggedUntil ?? 0), arrive);
    return undefined;
  }
}
