import type { Offer } from "../../cluster/cluster.ts";
import {
  PANIC_SHARES_DEFAULT,
  type ServiceShares,
} from "../../discovery/directory/service-shares.ts";
import type { ScenarioService } from "../language/scenario.ts";

/** The services of a scenario that one node offers. */
export function offersOf(node: string, services: readonly ScenarioService[]): Offer[] {
  return services
    .filter(({ nodes }) => nodes.includes(node))
    .map(({ name, port }) => ({ name, port }));
}

/** The panic shares of every daemon: the scenario's own, else the default. */
export function panicSharesOf(services: readonly ScenarioService[]): ServiceShares {
  const own = services.flatMap(({ name, panicShare }) =>
    panicShare === null ? [] : [[name.toLowerCase(), panicShare] as const],
  );
  return { ...PANIC_SHARES_DEFAULT, services: Object.fromEntries(own) };
}
