import type { Service } from "../core/member.ts";
import type { ServiceShares } from "../discovery/directory/service-shares.ts";
import { readDefinition } from "../discovery/registrations/definition-schema.ts";
import { offeredService } from "../discovery/registrations/service-definition.ts";
import type { Offer } from "./cluster.ts";

/** What a node offers, as its record says it. */
export function serviceRecords(services: readonly Offer[] = []): Service[] {
  return services.flatMap(({ name, port }) => {
    const definition = readDefinition(name, { port });
    return typeof definition === "string" ? [] : [offeredService(definition, "passing")];
  });
}

/** The same as arguments of `hearsay start`, with the daemon's panic shares. */
export function serviceFlags(services: readonly Offer[] = [], panic?: ServiceShares): string[] {
  const words = services.map(({ name, port }) => `${name}:${port}`);
  const own = Object.entries(panic?.services ?? {});
  const shares = own.map(([name, share]) => `${name}=${percent(share)}`);
  return [
    ...(words.length === 0 ? [] : ["--service", words.join(",")]),
    ...(panic === undefined || own.length === 0
      ? []
      : ["--panic", [percent(panic.everyService), ...shares].join(",")]),
  ];
}

function percent(share: number): string {
  return String(Number((share * 100).toFixed(6)));
}
