import { isIP } from "node:net";
import type { FaultsBody, FaultsRequest } from "../../control/api-types.ts";
import type { DaemonEvent } from "../../control/daemon-events.ts";
import { describeRules } from "../../control/fault-text.ts";
import type { ControlledFaults } from "../../control/node-api.ts";
import { ConfigError } from "../../core/errors.ts";
import type { MemberName, Millis } from "../../core/member.ts";
import type { FaultGate } from "../../transport/fault-gate.ts";
import type { LinkRules } from "../../transport/link-rules.ts";
import type { WiringFaultGate } from "../../transport/wiring/wiring-fault-gate.ts";
import { parseHostPort } from "../settings/host-port.ts";

/** What injected faults need of the node. */
export interface NodeFaultsOptions {
  readonly self: MemberName;
  readonly gate: FaultGate;
  readonly wiringGate: WiringFaultGate;
  readonly tell: (event: DaemonEvent) => void;
  /** Called just before the process stands still. */
  readonly onStall: (stallMs: Millis) => void;
}

const TTL_MS_DEFAULT: Millis = 60_000;

/**
 * The faults that this daemon inflicts on itself. Every set of rules heals by itself after its time
 * to live: the client that set it may be gone by then.
 */
export class NodeFaults implements ControlledFaults {
  private readonly options: NodeFaultsOptions;
  private rules: LinkRules = [];
  private healAtMs: Millis | undefined;
  private expiry: NodeJS.Timeout | undefined;

  constructor(options: NodeFaultsOptions) {
    this.options = options;
  }

  read(): FaultsBody {
    const { self, gate } = this.options;
    const { rules, healAtMs } = this;
    const healInMs =
      healAtMs === undefined ? null : Math.max(0, Math.round(healAtMs - performance.now()));
    return { v: 1, self, rules, healInMs, counts: { ...gate.counters } };
  }

  set({ rules, ttlMs = TTL_MS_DEFAULT, addresses = {} }: FaultsRequest): FaultsBody {
    const { gate } = this.options;
    const endpoints = Object.entries(addresses).map(
      ([name, address]) => [name, endpointOf(name, address)] as const,
    );
    for (const [name, endpoint] of endpoints) gate.nameAddress(name, endpoint);
    if (rules.length === 0) return this.heal();
    this.replace(rules, ttlMs, "set");
    this.expiry = setTimeout(() => this.replace([], null, "expired"), ttlMs).unref();
    return this.read();
  }

  heal(): FaultsBody {
    if (this.rules.length > 0) this.replace([], null, "healed");
    return this.read();
  }

  stall(stallMs: Millis): void {
    this.options.onStall(stallMs);
    // Sleeps in the middle of the event loop: it costs no core, and nothing of this process runs.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stallMs);
  }

  /** Nothing heals or leaves after this. */
  close(): void {
    clearTimeout(this.expiry);
    this.options.gate.close();
    this.options.wiringGate.close();
  }

  private replace(
    rules: LinkRules,
    forMs: Millis | null,
    cause: (DaemonEvent & { readonly kind: "faults-changed" })["cause"],
  ): void {
    const { gate, wiringGate, tell } = this.options;
    clearTimeout(this.expiry);
    this.rules = rules;
    this.healAtMs = forMs === null ? undefined : performance.now() + forMs;
    gate.setRules(rules);
    wiringGate.setRules(rules);
    const what = describeRules(rules);
    tell({ kind: "faults-changed", cause, rules: rules.length, forMs, what });
  }
}

function endpointOf(name: MemberName, address: string) {
  const endpoint = parseHostPort(address, 0);
  if (endpoint !== undefined && endpoint.port > 0 && isIP(endpoint.host) !== 0) return endpoint;
  throw new ConfigError(
    `addresses.${name}: "${address}" must be a numeric address and port, such as 127.0.0.1:7946`,
  );
}
