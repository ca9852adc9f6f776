import type { Endpoint, Millis } from "../../core/member.ts";
import type { Rng } from "../../core/primitives/rng.ts";
import type { EventHeap, Scheduled } from "../event-heap.ts";
import type { HostPower } from "../host-power.ts";
import type { Paths } from "../paths.ts";
import { Listener, type ListenerOwner } from "./listener.ts";
import { Retransmission, SYN_WAITS_MS } from "./retransmission.ts";
import { Segments } from "./segments.ts";

/** What the kernels' TCP is made of. */
export interface TcpNetworkOptions {
  readonly heap: EventHeap;
  readonly rng: Rng;
  readonly paths: Paths;
  readonly power: HostPower;
  /** Called for each thing that a process learns of its connections, in words. */
  readonly onTold?: (host: string, what: string) => void;
}

/** What comes of a connect. */
export interface ConnectHandlers {
  /** By the kernel of that process, or by a proxy whose host may have none. */
  readonly onAnswered: (listener: Listener | undefined) => void;
  readonly onRefused: () => void;
  /** The last wait has passed. */
  readonly onSilent: () => void;
}

/** A process that ended, while its kernel closes what it had open. */
interface Dying {
  readonly host: string;
  readonly listener: Listener;
  readonly closePort: () => void;
  readonly steps: readonly Scheduled[];
}

/**
 * How a kernel clears up after a process, as measured: first its connections, then almost at once
 * the port that it listened on, and the port of its datagrams some milliseconds later.
 */
const CONNECTIONS_CLOSE_MS = { min: 1, max: 8 };
const LISTENER_CLOSES_MS = { min: 0, max: 1 };
const DATAGRAM_PORT_CLOSES_MS = { min: 10, max: 20 };

/** TCP in virtual time: the kernels of all hosts, and what stands between them. */
export class TcpNetwork {
  readonly heap: EventHeap;
  readonly power: HostPower;
  readonly segments: Segments;
  readonly rng: Rng;
  readonly onTold: TcpNetworkOptions["onTold"];

  private readonly listeners = new Map<string, { host: string; listener: Listener }>();
  private readonly dying = new Map<string, Dying>();
  private readonly proxied = new Set<string>();

  constructor({ heap, rng, paths, power, onTold }: TcpNetworkOptions) {
    this.heap = heap;
    this.rng = rng;
    this.power = power;
    this.onTold = onTold;
    this.segments = new Segments({ heap, rng, paths, power });
    power.onOff((host) => this.losePower(host));
  }

  /** The process listens from now on; `clear` before, where another may have ended. */
  listen(endpoint: Endpoint, owner: ListenerOwner): void {
    const listener = new Listener(owner);
    this.listeners.set(keyOf(endpoint), { host: endpoint.host, listener });
  }

  /** The process has ended. `closePort`: what its kernel does last. */
  end(endpoint: Endpoint, closePort: () => void): void {
    const key = keyOf(endpoint);
    const { host } = endpoint;
    const listener = this.listeners.get(key)?.listener;
    if (listener === undefined) {
      closePort();
      return;
    }
    const { heap } = this;
    const atMs = heap.nowMs + this.drawBetween(CONNECTIONS_CLOSE_MS);
    const steps = [
      heap.at(atMs, () => listener.hangUpAll()),
      heap.at(atMs + this.drawBetween(LISTENER_CLOSES_MS), () => this.listeners.delete(key)),
      heap.at(atMs + this.drawBetween(DATAGRAM_PORT_CLOSES_MS), () => {
        this.dying.delete(key);
        closePort();
      }),
    ];
    this.dying.set(key, { host, listener, closePort, steps });
  }

  /** Who ended there is cleared up by now: another process wants the port. */
  clear(endpoint: Endpoint): void {
    const key = keyOf(endpoint);
    const process = this.dying.get(key);
    if (process === undefined) return;
    process.listener.hangUpAll();
    this.bury(key, process);
  }

  /** Connects from a host; what is returned stops it. */
  connect(
    from: string,
    to: Endpoint,
    { onAnswered, onRefused, onSilent }: ConnectHandlers,
  ): Retransmission {
    const { segments } = this;
    let queuedAt: Listener | undefined;
    return new Retransmission(this.heap, {
      waitsMs: SYN_WAITS_MS,
      send: (syn) => {
        const settle = (tell: () => void): void => {
          if (syn.isStopped) return;
          syn.stop();
          tell();
        };
        const refused = (): void => settle(onRefused);
        if (this.proxied.has(to.host)) {
          const answered = (): void => settle(() => onAnswered(this.listenerAt(to)));
          this.askProxy(from, to.host, answered, refused);
          return;
        }
        const arrive = (): void => {
          const listener = this.listenerAt(to);
          if (listener === undefined) segments.send(to.host, from, refused);
          else if (queuedAt === listener || listener.queue()) {
            queuedAt = listener;
            segments.send(to.host, from, () => settle(() => onAnswered(listener)));
          }
        };
        segments.send(from, to.host, arrive, refused);
      },
      giveUp: onSilent,
    });
  }

  /** From now on something beside the host answers all connects to it, whatever is with the host. */
  putProxy(host: string): void {
    this.proxied.add(host);
  }

  removeProxy(host: string): void {
    this.proxied.delete(host);
  }

  removeProxies(): void {
    this.proxied.clear();
  }

  /** Something on the way resets every connection there is. */
  resetAll(): void {
    const all = [...this.listeners.values()].flatMap(({ listener }) => listener.connections);
    for (const connection of all) connection.reset();
  }

  private listenerAt(endpoint: Endpoint): Listener | undefined {
    return this.listeners.get(keyOf(endpoint))?.listener;
  }

  private askProxy(from: string, host: string, answered: () => void, refused: () => void): void {
    const { segments, power } = this;
    power.whenOn(from, () => {
      const answer = (): void =>
        segments.pass(host, from, () => {
          if (!power.isSilent(from)) answered();
        });
      segments.pass(from, host, answer, refused);
    });
  }

  private losePower(host: string): void {
    for (const [key, process] of this.dying) if (process.host === host) this.bury(key, process);
    for (const [key, { host: its, listener }] of this.listeners) {
      if (its !== host) continue;
      listener.vanish();
      this.listeners.delete(key);
    }
  }

  private bury(key: string, { steps, closePort, listener }: Dying): void {
    for (const step of steps) step.cancel();
    listener.vanish();
    this.dying.delete(key);
    this.listeners.delete(key);
    closePort();
  }

  private drawBetween({ min, max }: { readonly min: Millis; readonly max: Millis }): Millis {
    return min + (max - min) * this.rng.next();
  }
}

function keyOf({ host, port }: Endpoint): string {
  return `${host}:${port}`;
}
