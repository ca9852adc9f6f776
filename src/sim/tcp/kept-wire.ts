import type { WireTarget } from "../../core/effect.ts";
import type { WireEnd } from "../../core/input.ts";
import type { Millis } from "../../core/member.ts";
import type { Scheduled } from "../event-heap.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import { Connection } from "./connection.ts";
import type { TcpNetwork } from "./tcp-network.ts";

/** How long a process waits before it opens a wire again: doubled with each try that fails. */
const BACKOFF_MS_MIN: Millis = 100;
const BACKOFF_MS_MAX: Millis = 10_000;

interface KeptWireOptions {
  readonly network: TcpNetwork;
  readonly clock: VirtualClock;
  readonly from: string;
  readonly target: WireTarget;
  readonly onOpened: () => void;
  readonly onClosed: (how: WireEnd) => void;
}

/** A wire as its process wants it: opened again and again until it is abandoned. */
export class KeptWire {
  readonly target: WireTarget;
  private readonly options: KeptWireOptions;
  private connection: Connection;
  private retry: Scheduled | undefined;
  private backoffMs = BACKOFF_MS_MIN;
  private isOpen = false;
  private isAbandoned = false;

  constructor(options: KeptWireOptions) {
    this.options = options;
    this.target = options.target;
    this.connection = this.connect();
  }

  poke(): void {
    if (this.isOpen) this.connection.poke();
  }

  abandon(): void {
    this.isAbandoned = true;
    this.retry?.cancel();
    this.connection.abandon();
  }

  private connect(): Connection {
    const { network, from, target } = this.options;
    return new Connection(
      network,
      { from, to: target },
      {
        onEstablished: (sayHello) => this.whenRunning(sayHello),
        onAnswered: () => this.whenRunning(() => this.open()),
        onClosed: (how) => this.whenRunning(() => this.close(how)),
      },
    );
  }

  private open(): void {
    this.isOpen = true;
    this.backoffMs = BACKOFF_MS_MIN;
    this.options.onOpened();
  }

  private close(how: WireEnd): void {
    const { heap } = this.options.network;
    const wasOpen = this.isOpen;
    this.isOpen = false;
    this.retry = heap.at(heap.nowMs + this.backoffMs, () =>
      this.whenRunning(() => {
        this.connection = this.connect();
      }),
    );
    this.backoffMs = Math.min(2 * this.backoffMs, BACKOFF_MS_MAX);
    if (wasOpen) this.options.onClosed(how);
  }

  /** What the kernel has for a process is taken by it when it runs. */
  private whenRunning(act: () => void): void {
    this.options.clock.report(() => {
      if (!this.isAbandoned) act();
    });
  }
}
