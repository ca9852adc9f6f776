import type { WireTarget } from "../../core/effect.ts";
import type { WireEnd } from "../../core/input.ts";
import type { Millis } from "../../core/member.ts";
import type { Scheduled } from "../event-heap.ts";
import type { Listener } from "./listener.ts";
import {
  DATA_WAITS_MS,
  FIN_WAITS_MS,
  KEEPALIVE_WAITS_MS,
  Retransmission,
} from "./retransmission.ts";
import type { TcpNetwork } from "./tcp-network.ts";

/** An idle connection is asked for a sign of life this often. */
const KEEPALIVE_MS: Millis = 60_000;

/** Between whom a connection is. */
export interface ConnectionEnds {
  /** The host of the process that opens it. */
  readonly from: string;
  readonly to: WireTarget;
}

/** What the kernel at the near end has for its process, which may not run at the moment. */
export interface ConnectionHandlers {
  /** The far kernel answered: the process may say hello. */
  readonly onEstablished: (sayHello: () => void) => void;
  /** The far process answered the hello. */
  readonly onAnswered: () => void;
  /** It is closed, or did not open. */
  readonly onClosed: (how: WireEnd) => void;
}

/**
 * One connection as the kernels at both ends keep it: handshake, hello, then silence until one end
 * closes. Who opened it is the near end.
 */
export class Connection {
  private readonly network: TcpNetwork;
  private readonly ends: ConnectionEnds;
  private readonly handlers: ConnectionHandlers;
  /** The far end; none before the handshake, or where a proxy answered for a dead host. */
  private listener: Listener | undefined;
  /** What the near kernel repeats: a SYN, then a hello, then a byte. */
  private asking: Retransmission | undefined;
  private keepalive: Scheduled | undefined;
  private isClosed = false;

  constructor(network: TcpNetwork, ends: ConnectionEnds, handlers: ConnectionHandlers) {
    this.network = network;
    this.ends = ends;
    this.handlers = handlers;
    this.asking = network.connect(ends.from, ends.to.endpoint, {
      onAnswered: (listener) => this.establish(listener),
      onRefused: () => this.close("reset"),
      onSilent: () => this.close("reset"),
    });
  }

  /** Sends a byte, which the far kernel must acknowledge. */
  poke(): void {
    if (!this.isClosed && this.asking === undefined) this.ask(DATA_WAITS_MS);
  }

  /** The near process closes it, or ends. The far end has nothing to lose, so no FIN travels. */
  abandon(): void {
    this.isClosed = true;
    this.asking?.stop();
    this.keepalive?.cancel();
    this.listener?.drop(this);
  }

  /** Something between the ends resets it. */
  reset(): void {
    this.listener?.drop(this);
    if (!this.network.power.isSilent(this.ends.from)) this.close("reset");
  }

  /** The far process answers the hello. */
  answer(): void {
    this.tell(DATA_WAITS_MS, {
      isDue: () => this.listener?.holds(this) === true,
      onArrived: () => this.handlers.onAnswered(),
    });
  }

  /** The far end is closed, and its kernel says so. */
  finish(): void {
    const { power } = this.network;
    const far = this.ends.to.endpoint.host;
    const boot = power.bootOf(far);
    this.tell(FIN_WAITS_MS, {
      isDue: () => power.bootOf(far) === boot,
      onArrived: () => this.close("ended"),
    });
  }

  private establish(listener: Listener | undefined): void {
    this.asking = undefined;
    this.listener = listener;
    listener?.hold(this);
    let isRead = false;
    this.handlers.onEstablished(() => {
      if (this.isClosed) return;
      this.ask(DATA_WAITS_MS, () => {
        if (!isRead) listener?.greet(this, this.ends.to);
        isRead = true;
      });
    });
  }

  /** The near kernel repeats it until the far one acknowledges, or resets what it does not know. */
  private ask(waitsMs: readonly Millis[], onArrived: () => void = () => {}): void {
    const { heap, segments } = this.network;
    const near = this.ends.from;
    const far = this.ends.to.endpoint.host;
    const reset = (): void => this.close("reset");
    this.asking = new Retransmission(heap, {
      waitsMs,
      send: (question) => {
        const arrive = (): void => {
          if (this.listener?.holds(this) !== true) {
            segments.send(far, near, reset);
            return;
          }
          onArrived();
          segments.send(far, near, () => this.acknowledged(question));
        };
        segments.send(near, far, arrive, reset);
      },
      giveUp: reset,
    });
  }

  private acknowledged(question: Retransmission): void {
    if (question !== this.asking) return;
    question.stop();
    this.asking = undefined;
    const { heap } = this.network;
    this.keepalive?.cancel();
    this.keepalive = heap.at(heap.nowMs + KEEPALIVE_MS, () => {
      if (this.asking === undefined) this.ask(KEEPALIVE_WAITS_MS);
    });
  }

  /** The far kernel repeats it until it arrives. */
  private tell(
    waitsMs: readonly Millis[],
    { isDue, onArrived }: { readonly isDue: () => boolean; readonly onArrived: () => void },
  ): void {
    const { heap, segments } = this.network;
    const { from, to } = this.ends;
    new Retransmission(heap, {
      waitsMs,
      send: (word) => {
        if (this.isClosed || !isDue()) {
          word.stop();
          return;
        }
        segments.send(to.endpoint.host, from, () => {
          if (word.isStopped || this.isClosed) return;
          word.stop();
          onArrived();
        });
      },
    });
  }

  private close(how: WireEnd): void {
    if (this.isClosed) return;
    this.abandon();
    this.handlers.onClosed(how);
  }
}
