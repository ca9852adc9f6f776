import { ConfigError } from "../core/errors.ts";
import type { Millis, Service, Tags } from "../core/member.ts";
import { Advertiser } from "./advertiser.ts";
import {
  largestService,
  offeredService,
  readDefinition,
  type ServiceDefinition,
} from "./service-definition.ts";

export interface LocalServicesPorts {
  /** Monotonic. */
  nowMs(): Millis;
  /** Tells the cluster; the incarnation rises. */
  advertise(tags: Tags, services: readonly Service[]): void;
  /** What a record cannot carry, and why; undefined when all is well. */
  complain(tags: Tags, services: readonly Service[]): string | undefined;
}

/**
 * What this node offers: the services of its settings, and those that programs on this machine register over the control
 * API. The latter of a name wins, and lasts until it is withdrawn or the daemon ends.
 */
export class LocalServices {
  private readonly ports: LocalServicesPorts;
  private readonly advertiser: Advertiser;
  private tags: Tags;
  private configured: readonly ServiceDefinition[];
  private readonly registered = new Map<string, ServiceDefinition>();
  private readonly withdrawn = new Set<string>();

  constructor(tags: Tags, configured: readonly ServiceDefinition[], ports: LocalServicesPorts) {
    this.tags = tags;
    this.configured = configured;
    this.ports = ports;
    this.advertiser = new Advertiser({
      nowMs: () => ports.nowMs(),
      advertise: () => ports.advertise(this.tags, this.services()),
    });
  }

  services(): readonly Service[] {
    return this.definitions().map((definition) => offeredService(definition, "passing"));
  }

  /** Settings were read anew; what programs registered stays. @throws ConfigError when a record cannot carry both */
  configure(tags: Tags, configured: readonly ServiceDefinition[]): void {
    this.require({ tags, configured });
    this.tags = tags;
    this.configured = configured;
    this.withdrawn.clear();
    this.advertiser.request();
  }

  /** Offers a service, or changes it. @throws ConfigError for a body that is none, or more than a record can carry */
  register(name: string, body: unknown): Service {
    const definition = readDefinition(name, body);
    if (typeof definition === "string") throw new ConfigError(`service ${name}: ${definition}`);
    const key = name.toLowerCase();
    this.require({ registered: new Map(this.registered).set(key, definition) });
    this.registered.set(key, definition);
    this.withdrawn.delete(key);
    this.advertiser.request();
    return offeredService(definition, "passing");
  }

  /** Offers it no more; whether it was offered. One of the settings comes back when they are read anew. */
  withdraw(name: string): boolean {
    const key = name.toLowerCase();
    const wasOffered = this.definitions().some((each) => each.name.toLowerCase() === key);
    if (!wasOffered) return false;
    this.registered.delete(key);
    this.withdrawn.add(key);
    this.advertiser.request();
    return true;
  }

  close(): void {
    this.advertiser.close();
  }

  private definitions(
    registered: ReadonlyMap<string, ServiceDefinition> = this.registered,
    configured = this.configured,
  ): ServiceDefinition[] {
    const kept = configured.filter(({ name }) => {
      const key = name.toLowerCase();
      return !registered.has(key) && !this.withdrawn.has(key);
    });
    return [...kept, ...registered.values()];
  }

  private require({
    tags = this.tags,
    registered = this.registered as ReadonlyMap<string, ServiceDefinition>,
    configured = this.configured,
  }): void {
    const services = this.definitions(registered, configured);
    const complaint = this.ports.complain(tags, services.map(largestService));
    if (complaint !== undefined) {
      throw new ConfigError(`services: ${complaint}; members carry them in every record`);
    }
  }
}
