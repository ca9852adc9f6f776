import { setTimeout as pause } from "node:timers/promises";

const EVERY_MS = 50;

/** Asks a control API for its members again and again, and notes how long each answer takes. */
export class ApiPoll {
  private readonly tookMs: number[] = [];
  private readonly polling: Promise<void>;
  private isOver = false;

  constructor(api: string) {
    this.polling = this.poll(`http://${api}/v1/members`);
  }

  /** @returns how long each took */
  async stop(): Promise<readonly number[]> {
    this.isOver = true;
    await this.polling;
    return this.tookMs;
  }

  private async poll(url: string): Promise<void> {
    // The first answer would take as long as this process needs to load its client.
    await (await fetch(url)).text();
    while (!this.isOver) {
      const beganMs = performance.now();
      await (await fetch(url)).text();
      this.tookMs.push(performance.now() - beganMs);
      await pause(EVERY_MS);
    }
  }
}
