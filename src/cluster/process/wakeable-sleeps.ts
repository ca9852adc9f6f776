import type { Millis } from "../../core/member.ts";

/** What a timer of Node can wait; more would end at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Waits of which all end at once when something happens. */
export class WakeableSleeps {
  /** Each ends one wait. */
  private readonly ends = new Set<() => void>();

  /** Resolves after `forMs`, of which what is below 0 counts as 0, or when woken. */
  sleep(forMs: Millis): Promise<void> {
    const waitMs = Math.min(Math.max(0, forMs), TIMER_MS_MAX);
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.ends.delete(end);
        resolve();
      };
      const timer = setTimeout(end, Math.ceil(waitMs));
      this.ends.add(end);
    });
  }

  /** Ends all waits. */
  wake(): void {
    for (const end of [...this.ends]) end();
  }
}
