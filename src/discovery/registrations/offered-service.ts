import type { Service, ServiceHealth } from "../../core/member.ts";
import type { CheckOutcome } from "../checks/check-outcome.ts";
import { worstHealth } from "../checks/check-tally.ts";
import { type CheckReport, HealthCheck } from "../checks/health-check.ts";
import { offeredService, type ServiceDefinition } from "./service-definition.ts";

/** A service of this node that changed its health. `output`: what the check said. */
export interface HealthChange {
  readonly service: string;
  readonly from: ServiceHealth;
  readonly to: ServiceHealth;
  readonly output: string;
}

/** A service that this node offers, with the checks that it runs for it. */
export class OfferedService {
  readonly definition: ServiceDefinition;
  private readonly checks: readonly HealthCheck[];
  private readonly onChange: (change: HealthChange) => void;
  private told: ServiceHealth;

  constructor(definition: ServiceDefinition, onChange: (change: HealthChange) => void) {
    this.definition = definition;
    this.onChange = onChange;
    const { name, port } = definition;
    const env = { HEARSAY_SERVICE: name, HEARSAY_SERVICE_PORT: String(port) };
    this.checks = definition.checks.map((spec): HealthCheck => {
      const check = new HealthCheck({ spec, env, onChange: () => this.look(check) });
      return check;
    });
    this.told = this.health;
  }

  get health(): ServiceHealth {
    return worstHealth(this.checks.map((check) => check.health));
  }

  /** As the cluster sees it. */
  get service(): Service {
    return offeredService(this.definition, this.health);
  }

  start(): void {
    for (const check of this.checks) check.start();
  }

  /** A heartbeat of the service itself; whether it has a check that listens. */
  hear(outcome: CheckOutcome): boolean {
    const listening = this.checks.filter((check) => check.spec.target.kind === "ttl");
    for (const check of listening) check.hear(outcome);
    return listening.length > 0;
  }

  reports(): readonly CheckReport[] {
    return this.checks.map((check) => check.report());
  }

  close(): void {
    for (const check of this.checks) check.close();
  }

  private look({ output }: HealthCheck): void {
    const from = this.told;
    const to = this.health;
    if (from === to) return;
    this.told = to;
    this.onChange({ service: this.definition.name, from, to, output });
  }
}
