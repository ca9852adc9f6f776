import type { WireTarget } from "../../core/effect.ts";
import type { MemberName, StartId } from "../../core/member.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import type { Connection } from "./connection.ts";

/** Node's backlog: connections that the kernel has answered and the process has not taken yet. */
const BACKLOG = 511;

/** Whose port it is. */
export interface ListenerOwner {
  readonly member: MemberName;
  readonly startId: StartId;
  readonly clock: VirtualClock;
}

/** The port of one process, as its kernel keeps it. */
export class Listener {
  private readonly owner: ListenerOwner;
  private readonly held = new Set<Connection>();
  private waiting = 0;
  private isClosed = false;

  constructor(owner: ListenerOwner) {
    this.owner = owner;
  }

  /** Its ends of connections. */
  get connections(): readonly Connection[] {
    return [...this.held];
  }

  /** A newcomer waits until the process takes it. False: as many wait as may. */
  queue(): boolean {
    if (this.waiting >= BACKLOG) return false;
    this.waiting++;
    this.owner.clock.report(() => this.waiting--);
    return true;
  }

  hold(connection: Connection): void {
    if (!this.isClosed) this.held.add(connection);
  }

  holds(connection: Connection): boolean {
    return this.held.has(connection);
  }

  drop(connection: Connection): void {
    this.held.delete(connection);
  }

  /** The process reads a hello, as soon as it runs, and answers it or hangs up. */
  greet(connection: Connection, { member, startId }: WireTarget): void {
    this.owner.clock.report(() => {
      if (!this.holds(connection)) return;
      if (member === this.owner.member && startId === this.owner.startId) connection.answer();
      else this.hangUp(connection);
    });
  }

  /** The process has ended: its kernel tells all at the other ends. */
  hangUpAll(): void {
    this.isClosed = true;
    for (const connection of this.connections) this.hangUp(connection);
  }

  /** The kernel is gone as well, without a word. */
  vanish(): void {
    this.isClosed = true;
    this.held.clear();
  }

  private hangUp(connection: Connection): void {
    this.drop(connection);
    connection.finish();
  }
}
