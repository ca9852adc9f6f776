import { setTimeout as pause } from "node:timers/promises";
import type { Millis } from "../core/member.ts";

/** Asks a control API for its members again and again, and notes how long each answer takes. */
export class ApiPoll {
  private readonly tookMs: number[] = [];
  private readonly polling: Promise<void>;
  private isOver = false;

  /** @param api its URL */
  constructor(api: string, everyMs: Millis) {
    this.polling = this.poll(`${api}/v1/members`, everyMs);
  }

  /** @returns how long each took */
  async stop(): Promise<readonly number[]> {
    this.isOver = true;
    await this.polling;
    return this.tookMs;
  }

  private async poll(url: string, everyMs: Millis): Promise<void> {
    // The first answer would take as long as this process needs to load its client.
    await (await fetch(url)).text();
    while (!this.isOver) {
      const beganMs = performance.now();
      await (await fetch(url)).text();
      this.tookMs.push(performance.now() - beganMs);
      await pause(everyMs);
    }
  }
}
