/** Below which share of a service's known endpoints all of them come back, 0 to 1; 0 never. */
export interface PanicShares {
  readonly everyService: number;
  /** By name in lower case. */
  readonly services: Readonly<Record<string, number>>;
}

export const PANIC_SHARES_DEFAULT: PanicShares = Object.freeze({ everyService: 0.5, services: {} });

export function panicShareOf({ everyService, services }: PanicShares, service: string): number {
  const key = service.toLowerCase();
  return Object.hasOwn(services, key) ? (services[key] ?? everyService) : everyService;
}
