import type { WireTarget } from "../../core/effect.ts";
import type { WireEnd } from "../../core/input.ts";
import type { Millis } from "../../core/member.ts";
import { CONNECT_MS, type KeptWire, WireRetries } from "../../host/wire-rules.ts";
import type { Scheduled } from "../event-heap.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import { Connection } from "./connection.ts";
import type { TcpNetwork } from "./tcp-network.ts";

interface VirtualWireOptions {
  readonly network: TcpNetwork;
  readonly clock: VirtualClock;
  readonly from: string;
  readonly target: WireTarget;
  readonly onOpened: () => void;
  readonly onClosed: (how: WireEnd) => void;
}

/** A wire as a daemon keeps it. */
export class VirtualWire implements KeptWire {
  readonly target: WireTarget;
  private readonly options: VirtualWireOptions;
  /** Undefined while it waits for the next try. */
  private connection: Connection | undefined;
  private openedAtMs: Millis | undefined;
  private timer: Scheduled | undefined;
  private readonly retries = new WireRetries();
  private isAbandoned = false;

  constructor(options: VirtualWireOptions) {
    this.options = options;
    this.target = options.target;
    this.connect();
  }

  poke(): void {
    if (this.openedAtMs !== undefined) this.connection?.poke();
  }

  close(): void {
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
        onClosed: (how) => ofThis(() => this.closed(how)),
      },
    );
    this.connection = connection;
    this.timer = network.heap.at(network.heap.nowMs + CONNECT_MS, () =>
      ofThis(() => {
        if (this.openedAtMs === undefined) this.closed("reset");
      }),
    );
  }

  private open(): void {
    this.timer?.cancel();
    this.openedAtMs = this.options.network.heap.nowMs;
    this.options.onOpened();
  }

  private closed(how: WireEnd): void {
    const { heap, rng } = this.options.network;
    const { openedAtMs } = this;
    if (openedAtMs !== undefined) this.retries.wasOpenFor(heap.nowMs - openedAtMs);
    this.drop();
    const waitMs = this.retries.next(rng.next());
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
