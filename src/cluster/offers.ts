import type { Service } from "../core/member.ts";
import type { ServiceShares } from "../discovery/directory/service-shares.ts";
import { readDefinition } from "../discovery/offers/definition-schema.ts";
import { offeredService } from "../discovery/offers/service-definition.ts";
import type { Offer } from "./cluster.ts";

/** What a node offers, as its record says it. */
export function serviceRecords(offers: readonly Offer[] = []): Service[] {
  return offers.flatMap(({ name, port }) => {
    const definition = readDefinition(name, { port });
    return typeof definition === "string" ? [] : [offeredService(definition, "passing")];
  });
}

/** The same as arguments of `hearsay start`, with the daemon's panic shares. */
export function serviceFlags(offers: readonly Offer[] = [], panic?: ServiceShares): string[] {
  const offered = offers.map(({ name, port }) => `${name}:${port}`);
  const own = Object.entries(panic?.services ?? {});
  const shares = own.map(([name, share]) => `${name}=${percent(share)}`);
  return [
    ...(offered.length === 0 ? [] : ["--service", offered.join(",")]),
    ...(panic === undefined || own.length === 0
      ? []
      : ["--panic", [percent(panic.everyService), ...shares].join(",")]),
  ];
}

function percent(share: number): string {
  return String(Number((share * 100).toFixed(6)));
}
