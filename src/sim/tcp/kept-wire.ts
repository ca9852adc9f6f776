import type { WireTarget } from "../../core/effect.ts";
import type { WireEnd } from "../../core/input.ts";
import type { Millis } from "../../core/member.ts";
import type { Scheduled } from "../event-heap.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import { Connection } from "./connection.ts";
import type { TcpNetwork } from "./tcp-network.ts";

/** A connect, and the hello after it, has so long. */
const CONNECT_MS: Millis = 3000;

/** The first wait after a failure; each further failure doubles it. */
const RETRY_MS_MIN: Millis = 100;
const RETRY_MS_MAX: Millis = 10_000;

/** A wire that was open for less is a failure too. */
const SUCCESS_MS: Millis = 1000;

interface KeptWireOptions {
  readonly network: TcpNetwork;
  readonly clock: VirtualClock;
  readonly from: string;
  readonly target: WireTarget;
  readonly onOpened: () => void;
  readonly onClosed: (how: WireEnd) => void;
}

/** A wire as a daemon keeps it: opened again and again until it is abandoned. */
export class KeptWire {
  readonly target: WireTarget;
  private readonly options: KeptWireOptions;
  /** Undefined while it waits for the next try. */
  private connection: Connection | undefined;
  private openedAtMs: Millis | undefined;
  private timer: Scheduled | undefined;
  private retryMs = RETRY_MS_MIN;
  private isAbandoned = false;

  constructor(options: KeptWireOptions) {
    this.options = options;
    this.target = options.target;
    this.connect();
  }

  poke(): void {
    if (this.openedAtMs !== undefined) this.connection?.poke();
  }

  abandon(): void {
    this.isAbandoned = true;
    this.drop();
  }

  private connect(): void {
    const { network, from, target } = this.options;
    const ofThis = (act: () => void) =>
      this.whenRunning(() => this.connection === connection && act());
    const connection = new Connection(
      network,
      { from, to: target },
      {
        onEstablished: (sayHello) => ofThis(sayHello),
        onAnswered: () => ofThis(() => this.open()),
        onClosed: (how) => ofThis(() => this.close(how)),
      },
    );
    this.connection = connection;
    this.timer = network.heap.at(network.heap.nowMs + CONNECT_MS, () =>
      ofThis(() => {
        if (this.openedAtMs === undefined) this.close("reset");
      }),
    );
  }

  private open(): void {
    this.timer?.cancel();
    this.openedAtMs = this.options.network.heap.nowMs;
    this.options.onOpened();
  }

  private close(how: WireEnd): void {
    const { heap, rng } = this.options.network;
    const { openedAtMs } = this;
    if (openedAtMs !== undefined && heap.nowMs - openedAtMs >= SUCCESS_MS) {
      this.retryMs = RETRY_MS_MIN;
    }
    this.drop();
    // As in the daemon, half of the wait is chance.
    const waitMs = this.retryMs * (0.5 + rng.next() / 2);
    this.retryMs = Math.min(2 * this.retryMs, RETRY_MS_MAX);
    this.timer = heap.at(heap.nowMs + waitMs, () => this.whenRunning(() => this.connect()));
    if (openedAtMs !== undefined) this.options.onClosed(how);
  }

  private drop(): void {
    this.timer?.cancel();
    this.connection?.abandon();
    this.connection = undefined;
    this.openedAtMs = undefined;
  }

  /** What the kernel has for a process is taken by it when it runs. */
  private whenRunning(act: () => void): void {
    this.options.clock.report(() => {
      if (!this.isAbandoned) act();
    });
  }
}
