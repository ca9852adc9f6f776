import { Agent, get } from "node:http";

/** One request of a load, and how it ended. */
export interface RequestOutcome {
  /** Since the load began. */
  readonly sentMs: number;
  readonly tookMs: number;
  readonly ok: boolean;
}

const TIMEOUT_MS = 5000;

/** An open load: requests leave at a steady rate, however the others fare. */
export class RequestLoad {
  private readonly url: string;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });
  private readonly open = new Set<Promise<void>>();
  private readonly outcomes: RequestOutcome[] = [];
  private readonly beginMs = performance.now();
  private readonly ticking: NodeJS.Timeout;
  private sent = 0;

  constructor(url: string, requestsPerS: number) {
    this.url = url;
    this.ticking = setInterval(() => {
      const due = (this.nowMs / 1000) * requestsPerS;
      for (; this.sent < due; this.sent++) this.send();
    }, 1);
  }

  /** Since the load began. */
  get nowMs(): number {
    return performance.now() - this.beginMs;
  }

  /** Stops sending, waits for what is under way, and tells every outcome. */
  async stop(): Promise<readonly RequestOutcome[]> {
    clearInterval(this.ticking);
    await Promise.all(this.open);
    this.agent.destroy();
    return this.outcomes;
  }

  private send(): void {
    const sentMs = this.nowMs;
    const done = new Promise<boolean>((resolve) => {
      const request = get(this.url, { agent: this.agent, timeout: TIMEOUT_MS }, (response) => {
        response.on("error", () => resolve(false)).resume();
        response.on("close", () => resolve(response.complete && response.statusCode === 200));
      });
      request.on("timeout", () => request.destroy());
      request.on("error", () => resolve(false));
    }).then((ok) => {
      this.outcomes.push({ sentMs, tookMs: this.nowMs - sentMs, ok });
      this.open.delete(done);
    });
    this.open.add(done);
  }
}
