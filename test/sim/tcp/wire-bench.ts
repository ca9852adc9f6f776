import type { WireTarget } from "../../../src/core/effect.ts";
import type { Endpoint } from "../../../src/core/member.ts";
import { seededRng } from "../../../src/core/primitives/rng.ts";
import { EventHeap } from "../../../src/sim/event-heap.ts";
import { type NetworkModel, plainNetwork } from "../../../src/sim/network-model.ts";
import { TcpNetwork } from "../../../src/sim/tcp/tcp-network.ts";
import { VirtualWires } from "../../../src/sim/tcp/virtual-wires.ts";
import { VirtualClock } from "../../../src/sim/virtual-clock.ts";
import { VirtualNetwork } from "../../../src/sim/virtual-network.ts";
import type { VirtualPort } from "../../../src/sim/virtual-port.ts";

/** One way; no jitter, so that times can be told. */
export const WAY_MS = 10;

/** A process with nothing but its sockets. */
export interface BenchProcess {
  readonly name: string;
  readonly clock: VirtualClock;
  readonly port: VirtualPort;
  readonly wires: VirtualWires;
  readonly target: WireTarget;
  /** What it was told, with the time. */
  readonly told: { readonly what: string; readonly atMs: number }[];
}

/** Processes on hosts of their own, and all that may stand between them. */
export class WireBench {
  readonly heap = new EventHeap();
  readonly network: VirtualNetwork;
  readonly tcp: TcpNetwork;
  private starts = 0;

  constructor(model: Partial<NetworkModel> = {}, rngSeed = 5) {
    const delay = { latencyMs: WAY_MS, jitterMs: 0 };
    this.network = new VirtualNetwork({
      heap: this.heap,
      rng: seededRng([1, 2, 3, 4]),
      delay,
      model: { ...plainNetwork(delay), ...model },
    });
    const { heap, network } = this;
    const { paths, power } = network;
    this.tcp = new TcpNetwork({ heap, rng: seededRng([rngSeed, 6, 7, 8]), paths, power });
  }

  /** Starts a process at its name's address, in the place of one that ended there. */
  start(name: string): BenchProcess {
    const { heap, tcp, network } = this;
    const endpoint = addressOf(name);
    const clock = new VirtualClock(heap);
    tcp.clear(endpoint);
    const port = network.bind(endpoint, clock);
    if (port === undefined) throw new Error(`the port of ${name} is taken`);
    this.starts++;
    const target = { member: name, startId: `start-${this.starts}`, endpoint };
    const wires = new VirtualWires({ ...target, network: tcp, clock });
    const told: BenchProcess["told"] = [];
    const note = (what: string) => told.push({ what, atMs: heap.nowMs });
    port.listen({
      onDatagram: (datagram, from) => note(`${datagram.length} bytes from ${from.host}`),
      onRefused: (member) => note(`ping of ${member} refused`),
    });
    wires.listen({
      onWireOpened: (member, startId) => note(`wire to ${member} open: ${startId}`),
      onWireClosed: (member, _, how) => note(`wire to ${member} ${how}`),
      onDialled: (member, seq, answer) => note(`dial ${seq} of ${member} ${answer}`),
    });
    return { name, clock, port, wires, target, told };
  }

  /** As SIGKILL. */
  kill({ clock, wires, port }: BenchProcess): void {
    clock.end();
    wires.end(() => port.close());
  }

  /** As a power cut. */
  crash(process: BenchProcess): void {
    this.kill(process);
    this.network.takeDown(process.target.endpoint.host);
  }

  run(forMs: number): void {
    this.heap.runUntil(this.heap.nowMs + forMs);
  }

  /** Runs, and takes what the process was told meanwhile. */
  hear(process: BenchProcess, forMs: number): string[] {
    this.run(forMs);
    return process.told.splice(0).map(({ what }) => what);
  }

  cut(from: string, to: string): void {
    this.network.cutLink(addressOf(from).host, addressOf(to).host);
  }
}

/** Two processes, not connected yet. */
export function two(...options: ConstructorParameters<typeof WireBench>) {
  const bench = new WireBench(...options);
  const a = bench.start("a");
  const b = bench.start("b");
  const dial = (seq = 1) => a.wires.dial("b", addressOf("b"), seq);
  return { bench, a, b, dial };
}

/** Two processes, and a wire from the first to the second. */
export function wired(...options: ConstructorParameters<typeof WireBench>) {
  const both = two(...options);
  both.a.wires.keep([both.b.target]);
  both.bench.run(10 * WAY_MS);
  both.a.told.length = 0;
  return both;
}

/** Where a process of that name listens. */
export function addressOf(name: string): Endpoint {
  return { host: `10.0.0.${name}`, port: 7946 };
}
