import type { Millis } from "../core/member.ts";
import type { Rng } from "../core/primitives/rng.ts";
import type { EventHeap } from "./event-heap.ts";
import { TcpNetwork, type TcpNetworkOptions } from "./tcp/tcp-network.ts";
import type { VirtualClock } from "./virtual-clock.ts";
import { VirtualNetwork, type VirtualNetworkOptions } from "./virtual-network.ts";

/** What a cluster in virtual time is made of, whatever its processes are. */
export interface VirtualClusterOptions extends Omit<VirtualNetworkOptions, "rng"> {
  readonly heap: EventHeap;
  /** Chance for datagrams, and for TCP. */
  readonly rngs: { readonly network: Rng; readonly tcp: Rng };
  readonly onTold?: TcpNetworkOptions["onTold"];
}

/** How exactly `runUntil` measures unless told otherwise. */
const CHECK_EVERY_MS = 10;

/**
 * Processes in virtual time on machines of their own, the network between these, and the faults that
 * strike them. A subclass knows what the processes are; names are theirs. Nothing happens between
 * calls of `run` and `runUntil`.
 */
export abstract class VirtualCluster {
  readonly network: VirtualNetwork;
  readonly tcp: TcpNetwork;
  protected readonly heap: EventHeap;

  protected constructor({ rngs, onTold, ...options }: VirtualClusterOptions) {
    this.heap = options.heap;
    this.network = new VirtualNetwork({ ...options, rng: rngs.network });
    const { paths, power } = this.network;
    this.tcp = new TcpNetwork({
      ...{ heap: this.heap, rng: rngs.tcp, paths, power },
      ...(onTold && { onTold }),
    });
  }

  get nowMs(): Millis {
    return this.heap.nowMs;
  }

  abstract isRunning(name: string): boolean;

  /** As SIGKILL: the host lives on and refuses probes. */
  abstract kill(name: string): void;

  /** Address of the machine that a process runs on, or will. */
  protected abstract hostOf(name: string): string;

  /** Of a process, which must run. */
  protected abstract clockOf(name: string): VirtualClock;

  /** As a power cut: the process is gone and the host is silent. */
  crashHost(name: string): void {
    this.kill(name);
    this.network.takeDown(this.hostOf(name));
  }

  /** The process stands still, while its kernel goes on: what it is sent waits in its buffer. */
  freeze(name: string): void {
    this.clockOf(name).freeze();
  }

  thaw(name: string): void {
    this.clockOf(name).thaw();
  }

  /**
   * As a laptop that sleeps, or a virtual machine that is moved: not its process alone but its
   * kernel, too, is silent, and what comes for it meanwhile is lost.
   */
  pauseMachine(name: string): void {
    this.network.power.pause(this.hostOf(name));
    if (this.isRunning(name)) this.clockOf(name).freeze("machine");
  }

  resumeMachine(name: string): void {
    this.network.power.resume(this.hostOf(name));
    if (this.isRunning(name)) this.clockOf(name).thaw("machine");
  }

  /**
   * Members of different groups no longer reach each other; those in no group form one of their
   * own.
   */
  partition(groups: readonly (readonly string[])[]): void {
    this.network.partition(groups.map((names) => names.map((name) => this.hostOf(name))));
  }

  /** Ends the partition. What troubles single links stays. */
  unite(): void {
    this.network.links.unite();
  }

  /** The probability that a datagram or a segment is lost, on every link. */
  loss(probability: number): void {
    this.network.setLoss(probability);
  }

  run(forMs: Millis): void {
    this.heap.runUntil(this.nowMs + forMs);
  }

  /**
   * Runs until `predicate` holds, looked at every `stepMs`; the time it took, or undefined where it
   * never did.
   */
  runUntil(
    predicate: () => boolean,
    withinMs: Millis,
    stepMs: Millis = CHECK_EVERY_MS,
  ): Millis | undefined {
    const startMs = this.nowMs;
    const endMs = startMs + withinMs;
    while (!predicate()) {
      if (this.nowMs >= endMs) return undefined;
      this.heap.runUntil(Math.min(this.nowMs + stepMs, endMs));
    }
    return this.nowMs - startMs;
  }
}
