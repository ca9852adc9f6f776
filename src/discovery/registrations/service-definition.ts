import type { Service, ServiceHealth, Tags } from "../../core/member.ts";
import type { CheckSpec } from "../checks/check-spec.ts";

/** A service as its operator or its program describes it, before any check has run. */
export interface ServiceDefinition {
  readonly name: string;
  readonly port: number;
  readonly weight: number;
  readonly tags: readonly string[];
  readonly meta: Tags;
  readonly checks: readonly CheckSpec[];
}

/** What a definition is as its member tells it. */
export function offeredService(definition: ServiceDefinition, health: ServiceHealth): Service {
  const { name, port, weight, tags, meta } = definition;
  return { name, port, health, weight, tags, meta };
}

/** The same at its largest: what health takes in a record must be there when a check fails. */
export function largestService(definition: ServiceDefinition): Service {
  return offeredService(definition, definition.checks.length === 0 ? "passing" : "critical");
}
