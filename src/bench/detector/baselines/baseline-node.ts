import type { Endpoint, MemberName } from "../../../core/member.ts";
import type { Rng } from "../../../core/primitives/rng.ts";
import type { Clock, Transport } from "../../../host/ports.ts";
import {
  type BaselineBody,
  type BaselineUpdate,
  type ListedMember,
  roomBeside,
  type StreamPayload,
} from "./baseline-message.ts";
import { type BaselineMember, MemberList } from "./member-list.ts";
import { NodeTimers } from "./node-timers.ts";
import { Parcel } from "./parcel.ts";
import { Streams } from "./stream.ts";
import { TransmitQueue } from "./transmit-queue.ts";

/** A change in a baseline's view; `from` is null for a member that it did not know. */
export interface BaselineNews {
  readonly member: MemberName;
  readonly from: ListedMember["state"] | null;
  readonly to: ListedMember["state"];
  readonly incarnation: number;
}

/** What a node of a baseline is made of. */
export interface BaselineOptions {
  readonly name: MemberName;
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly port: Transport;
  readonly rng: Rng;
  /** Asked at the start for the member list, one after the other until one answers. */
  readonly seeds: readonly Endpoint[];
  readonly onNews: (news: BaselineNews) => void;
}

/** In what baselines differ before they start. */
interface BaselineTraits {
  readonly incarnation: number;
  /** An update is sent so often times the logarithm of `count`. */
  readonly sendsPerLog: number;
  readonly count: () => number;
}

/** One process of a baseline, and what baselines share: it ends with its clock and its port. */
export abstract class BaselineNode {
  protected readonly options: BaselineOptions;
  protected readonly timers: NodeTimers;
  protected readonly list: MemberList;
  protected readonly queue: TransmitQueue;
  protected readonly streams: Streams;
  protected readonly self: BaselineMember;

  protected constructor(
    options: BaselineOptions,
    { incarnation, sendsPerLog, count }: BaselineTraits,
  ) {
    const { name, endpoint, clock, rng } = options;
    this.options = options;
    this.timers = new NodeTimers(clock);
    this.list = new MemberList(rng);
    this.queue = new TransmitQueue(sendsPerLog, count);
    this.self = { name, endpoint, incarnation, state: "alive", sinceMs: 0 };
    this.streams = new Streams({
      timers: this.timers,
      send: (to, body) => this.sendWith(to, body, []),
      answer: (request) => this.answer(request),
    });
  }

  /** Knows all these members from the beginning, itself among them. Before `start` alone. */
  prefill(members: readonly { readonly name: MemberName; readonly endpoint: Endpoint }[]): void {
    const others = members.filter(({ name }) => name !== this.self.name);
    const rows = others.map(
      ({ name, endpoint }): BaselineMember => ({
        ...{ name, endpoint, incarnation: 1, state: "alive", sinceMs: 0 },
      }),
    );
    this.list.addAll([this.self, ...rows]);
    const { onNews } = this.options;
    for (const { name } of rows) onNews({ member: name, from: null, to: "alive", incarnation: 1 });
  }

  start(): void {
    const isPrefilled = this.list.size > 0;
    if (!isPrefilled) this.list.add(this.self);
    this.options.port.listen({
      onDatagram: (datagram, from) => {
        const { body, updates } = Parcel.open(datagram);
        this.receive(body, updates, from);
      },
      onRefused: () => {},
    });
    this.begin(isPrefilled);
    if (this.options.seeds.length > 0) this.join(0);
  }

  /** Sets its timers. */
  protected abstract begin(isPrefilled: boolean): void;
  protected abstract receive(
    body: BaselineBody,
    updates: readonly BaselineUpdate[],
    from: Endpoint,
  ): void;
  /** What a stream is answered with. */
  protected abstract answer(request: StreamPayload): StreamPayload | undefined;
  /** Asks the seed whose turn it is. */
  protected abstract join(attempt: number): void;

  protected seedOf(attempt: number): Endpoint {
    const { seeds } = this.options;
    return seeds[attempt % seeds.length] as Endpoint;
  }

  protected send(to: Endpoint, body: BaselineBody): void {
    this.sendWith(to, body, this.queue.take(roomBeside(body, this.self.name)));
  }

  protected sendWith(to: Endpoint, body: BaselineBody, updates: readonly BaselineUpdate[]): void {
    this.options.port.send(Parcel.pack({ from: this.self.name, body, updates }), { endpoint: to });
  }
}
