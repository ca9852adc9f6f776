/** A share of each service's known endpoints, 0 to 1. */
export interface ServiceShares {
  readonly everyService: number;
  /** By name in lower case. */
  readonly services: Readonly<Record<string, number>>;
}

/** Below which share of a service's endpoints all of them come back; 0 never. */
export const PANIC_SHARES_DEFAULT: ServiceShares = Object.freeze({
  everyService: 0.5,
  services: {},
});

/** Which share of a service's endpoints doubt may take out within a minute; 1 all of them. */
export const REMOVAL_SHARES_DEFAULT: ServiceShares = Object.freeze({
  everyService: 0.25,
  services: {},
});

/** The share for one service, 0 to 1. Names are compared without regard to case. */
export function shareOf({ everyService, services }: ServiceShares, service: string): number {
  const key = service.toLowerCase();
  return Object.hasOwn(services, key) ? (services[key] ?? everyService) : everyService;
}
