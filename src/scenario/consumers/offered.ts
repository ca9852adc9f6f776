import type { Service } from "../../core/member.ts";
import {
  PANIC_SHARES_DEFAULT,
  type ServiceShares,
} from "../../discovery/directory/service-shares.ts";
import { readDefinition } from "../../discovery/offers/definition-schema.ts";
import { offeredService } from "../../discovery/offers/service-definition.ts";
import type { ScenarioService } from "../language/scenario.ts";

/** What a node offers, as its record tells it; a service without checks is taken to be well. */
export function servicesOf(node: string, services: readonly ScenarioService[]): Service[] {
  return offersOf(node, services).flatMap(({ name, port }) => {
    const definition = readDefinition(name, { port });
    return typeof definition === "string" ? [] : [offeredService(definition, "passing")];
  });
}

export function panicSharesOf(services: readonly ScenarioService[]): ServiceShares {
  const own = services.flatMap(({ name, panicShare }) =>
    panicShare === null ? [] : [[name.toLowerCase(), panicShare] as const],
  );
  return { ...PANIC_SHARES_DEFAULT, services: Object.fromEntries(own) };
}

/** The same as arguments of `hearsay start`. */
export function serviceFlags(node: string, services: readonly ScenarioService[]): string[] {
  const offered = offersOf(node, services).map(({ name, port }) => `${name}:${port}`);
  const { everyService, services: own } = panicSharesOf(services);
  const panic = Object.entries(own).map(([name, share]) => `${name}=${percent(share)}`);
  return [
    ...(offered.length === 0 ? [] : ["--service", offered.join(",")]),
    ...(panic.length === 0 ? [] : ["--panic", [percent(everyService), ...panic].join(",")]),
  ];
}

function offersOf(node: string, services: readonly ScenarioService[]) {
  return services.filter(({ nodes }) => nodes.includes(node));
}

function percent(share: number): string {
  return String(Number((share * 100).toFixed(6)));
}
