import type { NodeConfig } from "../core/config.ts";
import type { Effect, NodeEvent } from "../core/effect.ts";
import type { Input } from "../core/input.ts";
import type { Endpoint, MemberName, MemberRecord, MemberState, Millis } from "../core/member.ts";
import { createSwimNode } from "../core/node/swim-node.ts";
import type { Rng } from "../core/primitives/rng.ts";
import { NodeHost } from "../host/node-host.ts";
import type { Codec } from "../wire/codec.ts";
import type { VirtualWires } from "./tcp/virtual-wires.ts";
import type { VirtualClock } from "./virtual-clock.ts";
import type { VirtualPort } from "./virtual-port.ts";
import { WatchedNode } from "./watched-node.ts";

/** What a process's seeds resolve to. */
export interface ResolvedSeeds {
  readonly seeds: readonly Endpoint[];
  readonly hasUnresolved: boolean;
}

/** What a process is made of. */
export interface SimProcessOptions {
  readonly self: MemberRecord;
  readonly config: NodeConfig;
  readonly rng: Rng;
  readonly codec: Codec;
  readonly clock: VirtualClock;
  readonly port: VirtualPort;
  readonly wiring: VirtualWires;
  /** Asked anew whenever the node wants to dial; undefined where the process was given no seeds. */
  readonly resolveSeeds: (() => ResolvedSeeds) | undefined;
  /** Where its data directory says that members were. */
  readonly remembered: readonly Endpoint[];
  /** Members that it takes as alive from the start. */
  readonly known: readonly MemberRecord[];
  readonly onEvent: (event: NodeEvent) => void;
  readonly onStep: ((input: Input, effects: readonly Effect[], nowMs: Millis) => void) | undefined;
}

/**
 * One run of a daemon in virtual time: a real NodeHost with the real codec, and what the daemon
 * does around it.
 */
export class SimProcess {
  readonly host: NodeHost;
  readonly clock: VirtualClock;
  /** What the node told of each member's state so far: its view, kept by its events alone. */
  readonly told = new Map<MemberName, MemberState>();

  private readonly port: VirtualPort;
  private readonly options: SimProcessOptions;

  constructor(options: SimProcessOptions) {
    this.options = options;
    this.clock = options.clock;
    this.port = options.port;
    const { self, config, rng, codec, resolveSeeds, known, remembered, onStep } = options;
    const hasSeeds = resolveSeeds !== undefined;
    const { sizer } = codec;
    const node = createSwimNode({ self, config, rng, sizer, hasSeeds, known, remembered });
    for (const { name } of known) this.told.set(name, "alive");
    this.host = new NodeHost({
      node: onStep === undefined ? node : new WatchedNode(node, onStep),
      codec,
      transport: options.port,
      wiring: options.wiring,
      clock: options.clock,
      onEvent: (event) => this.handle(event),
    });
  }

  get member(): MemberName {
    return this.options.self.name;
  }

  start(): void {
    this.host.start();
  }

  /**
   * The process ends without a word; its host's kernel refuses what comes for the port from now on,
   * or, where it has connections to close before, a moment later.
   */
  end(): void {
    this.host.stop();
    this.clock.end();
    this.options.wiring.end(() => this.port.close());
  }

  private handle(event: NodeEvent): void {
    if (event.kind === "member-changed") this.told.set(event.member, event.to);
    if (event.kind === "member-reaped") this.told.delete(event.member);
    this.options.onEvent(event);
    if (event.kind !== "seeds-wanted") return;
    const resolved = this.options.resolveSeeds?.();
    if (resolved !== undefined) this.host.submit({ kind: "join", ...resolved });
  }
}
