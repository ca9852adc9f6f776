import type { Millis } from "../../core/member.ts";
import type { DiscoveryEvent } from "../discovery-event.ts";
import type { ServiceAnswer } from "./live-query.ts";

/** A service whose known endpoints all come back at the moment. */
export interface ServicePanic {
  readonly service: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly since: string;
  /** Endpoints that would be in without it, of those known: 0 to 1. */
  readonly share: number;
}

interface PanicWatchPorts {
  nowMs(): Millis;
  onEvent(event: DiscoveryEvent): void;
}

/** Tells where a panic begins and ends, once each, whoever asks for the service or nobody. */
export class PanicWatch {
  private readonly ports: PanicWatchPorts;
  private readonly begun = new Map<string, { readonly atMs: Millis; panic: ServicePanic }>();

  constructor(ports: PanicWatchPorts) {
    this.ports = ports;
  }

  get panics(): readonly ServicePanic[] {
    return [...this.begun.values()].map(({ panic }) => panic);
  }

  /** Looks at every service that is known, as one asks for it who asks for nothing in particular. */
  look(services: readonly { readonly name: string; readonly answer: ServiceAnswer }[]): void {
    const nowMs = this.ports.nowMs();
    const calm = new Set(this.begun.keys());
    for (const { name, answer } of services) {
      const { panic, panicSince } = answer;
      if (panic === null || panicSince === null) continue;
      calm.delete(name);
      const { reason, share } = panic;
      const known = this.begun.get(name);
      const told = { service: name, reason, since: panicSince, share };
      if (known !== undefined) known.panic = told;
      else {
        this.begun.set(name, { atMs: nowMs, panic: told });
        this.ports.onEvent({ kind: "panic-began", service: name, reason, share });
      }
    }
    for (const name of calm) this.end(name, nowMs);
  }

  private end(name: string, nowMs: Millis): void {
    const atMs = this.begun.get(name)?.atMs ?? nowMs;
    this.begun.delete(name);
    this.ports.onEvent({ kind: "panic-ended", service: name, lastedMs: nowMs - atMs });
  }
}
