import type { NodeEvent } from "../../../src/core/effect.ts";
import type { MemberName, Millis } from "../../../src/core/member.ts";
import { seededRng } from "../../../src/core/primitives/rng.ts";
import { POOL_LAN, type PoolConfig } from "../../../src/pool/core/pool-config.ts";
import type { PoolEffect } from "../../../src/pool/core/pool-effect.ts";
import type { PoolInput } from "../../../src/pool/core/pool-input.ts";
import type { PoolReader } from "../../../src/pool/core/pool-reader.ts";
import { createPoolWatch, type PoolWatch } from "../../../src/pool/core/pool-watch.ts";
import type { PoolMessage, PoolRecord, PushPull } from "../../../src/pool/wire/messages.ts";

export const T = POOL_LAN.probeIntervalMs;
const SEED = { host: "10.0.0.1", port: 7946 };

const PLAIN_READER: PoolReader = { advertised: () => ({ tags: {}, services: [] }) };

/** What a member says of itself; `m3` lives at 10.0.0.3 unless something else is said. */
export function record(name: MemberName, changes: Partial<PoolRecord> = {}): PoolRecord {
  const number = Number(/\d+/.exec(name)?.[0] ?? 200) % 250;
  return {
    ...{ name, endpoint: { host: `10.0.0.${number}`, port: 7946 }, incarnation: 1 },
    ...{ meta: new Uint8Array(), versions: Uint8Array.of(1, 5, 2, 2, 5, 4) },
    ...changes,
  };
}

/** A whole view: names of alive members, or entries as they are. */
export function view(
  members: readonly (MemberName | PushPull["members"][number])[],
  userState: Uint8Array = new Uint8Array(),
): PushPull {
  const entries = members.map((member) =>
    typeof member === "string" ? ({ record: record(member), state: "alive" } as const) : member,
  );
  return { isJoin: false, members: entries, userState };
}

/** A watcher that is driven by hand: nothing answers unless it is told to. */
export class DrivenWatch {
  readonly watch: PoolWatch;
  readonly effects: PoolEffect[] = [];
  now: Millis = 1000;

  constructor(
    options: { readonly config?: Partial<PoolConfig>; readonly reader?: PoolReader } = {},
  ) {
    this.watch = createPoolWatch({
      self: {
        ...{ name: "guest", endpoint: { host: "10.0.0.250", port: 7946 }, startId: "0" },
        ...{ incarnation: 0, tags: {}, services: [], api: null, takesWires: false },
        protocol: { min: 1, max: 1 },
      },
      config: { ...POOL_LAN, ...options.config },
      rng: seededRng([1, 2, 3, 4]),
      reader: options.reader ?? PLAIN_READER,
    });
    this.step({ kind: "wakeup", stalledMs: 0 });
  }

  /** One that has pulled this view from the pool's address. */
  static of(members: Parameters<typeof view>[0], options = {}): DrivenWatch {
    const driven = new DrivenWatch(options);
    driven.step({ kind: "push-pull", member: null, from: SEED, view: view(members) });
    return driven;
  }

  step(input: PoolInput): readonly PoolEffect[] {
    const effects = this.watch.step(this.now, input);
    this.effects.push(...effects);
    return effects;
  }

  /** Gossip, by nobody in particular. */
  hear(message: PoolMessage): readonly PoolEffect[] {
    return this.step({ kind: "message", from: SEED, message });
  }

  /** The member's own view of the pool. */
  pulled(member: MemberName, members: Parameters<typeof view>[0], userState?: Uint8Array): void {
    const { endpoint } = record(member);
    this.step({ kind: "push-pull", member, from: endpoint, view: view(members, userState) });
  }

  /** Time passes; those answer each direct ping. */
  run(forMs: Millis, answering: readonly MemberName[] = []): void {
    const end = this.now + forMs;
    for (;;) {
      const at = this.watch.nextWakeupAt();
      if (at === undefined || at > end) break;
      this.now = Math.max(this.now, at);
      for (const effect of this.step({ kind: "wakeup", stalledMs: 0 })) {
        if (effect.kind !== "send" || effect.message.kind !== "ping") continue;
        const { target, seq } = effect.message;
        if (!answering.includes(target)) continue;
        this.step({ kind: "message", from: effect.to.endpoint, message: { kind: "ack", seq } });
      }
    }
    this.now = end;
  }

  get events(): NodeEvent[] {
    return this.effects.flatMap((effect) => (effect.kind === "event" ? [effect.event] : []));
  }

  eventsOf<K extends NodeEvent["kind"]>(kind: K): Extract<NodeEvent, { readonly kind: K }>[] {
    return this.events.filter((event) => event.kind === kind) as never;
  }

  state(name: MemberName): string | undefined {
    const { members } = this.watch.snapshot(this.now);
    return members.find(({ record: { name: other } }) => other === name)?.state;
  }
}
