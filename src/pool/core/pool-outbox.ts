import type { NodeEvent } from "../../core/effect.ts";
import type { PoolEffect } from "./pool-effect.ts";

/** The effects of the step that is running, in order. */
export class PoolOutbox {
  private effects: PoolEffect[] = [];

  /** Wants something done. */
  put(effect: PoolEffect): void {
    this.effects.push(effect);
  }

  /** Reports something that happened. */
  emit(event: NodeEvent): void {
    this.effects.push({ kind: "event", event });
  }

  /** Everything since the last call. */
  take(): readonly PoolEffect[] {
    const taken = this.effects;
    this.effects = [];
    return taken;
  }
}
