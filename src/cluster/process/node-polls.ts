import { setTimeout as pause } from "node:timers/promises";
import type { Millis } from "../../core/member.ts";
import type { Look, NodeReader } from "../cluster.ts";
import type { FollowedDaemon } from "./followed-daemon.ts";

/** A look at each of some nodes, again and again. */
export interface Poll {
  readonly nodes: readonly string[];
  readonly everyMs: Millis;
  readonly look: Look;
}

/** Carries out polls on the daemons that run, for as long as each of them runs. */
export class NodePolls {
  private readonly isAwake: (node: string) => boolean;
  private readonly polls = new Set<Poll>();
  private readonly daemons = new Map<string, FollowedDaemon>();
  private isClosed = false;

  /** `isAwake`: whether the daemon of a node can answer now. */
  constructor(isAwake: (node: string) => boolean) {
    this.isAwake = isAwake;
  }

  /** Begins a poll, which the returned function ends. */
  add(poll: Poll): () => void {
    this.polls.add(poll);
    for (const [node, daemon] of this.daemons) {
      if (poll.nodes.includes(node)) void this.carryOut(poll, node, daemon);
    }
    return () => this.polls.delete(poll);
  }

  /** A daemon runs: the polls of its node look at it from now on. */
  started(node: string, daemon: FollowedDaemon): void {
    this.daemons.set(node, daemon);
    for (const poll of this.polls) {
      if (poll.nodes.includes(node)) void this.carryOut(poll, node, daemon);
    }
  }

  /** The daemon of that node has ended. */
  ended(node: string): void {
    this.daemons.delete(node);
  }

  close(): void {
    this.isClosed = true;
  }

  /** Resolves when the process has ended, or the poll. */
  private async carryOut(poll: Poll, node: string, daemon: FollowedDaemon): Promise<void> {
    const hasEnded = () => daemon.process.end !== undefined || this.isClosed;
    const reader = readerOf(daemon, () => !hasEnded() && this.isAwake(node));
    while (!hasEnded() && this.polls.has(poll)) {
      // It may end, or stand still, while it is asked.
      if (reader.isAwake) await poll.look(node, reader).catch(() => {});
      await pause(poll.everyMs);
    }
  }
}

function readerOf({ client }: FollowedDaemon, isAwake: () => boolean): NodeReader {
  return {
    get isAwake() {
      return isAwake();
    },
    members: async () => (await client.members()).members,
    service: async ({ service, maxPhi }) => {
      const { endpoints, panic } = await client.service(service, { maxPhi: maxPhi ?? undefined });
      return { members: endpoints.map(({ member }) => member), panic: panic !== null };
    },
  };
}
