import { ConfigError } from "../../core/errors.ts";
import type { Millis, Service, Tags } from "../../core/member.ts";
import { type CheckOutcome, shorten } from "../checks/check-outcome.ts";
import type { CheckReport } from "../checks/health-check.ts";
import type { DiscoveryEvent } from "../discovery-event.ts";
import { Advertiser } from "./advertiser.ts";
import { readDefinition } from "./definition-schema.ts";
import { type Maintained, Maintenance, requireReason } from "./maintenance.ts";
import { OfferedService } from "./offered-service.ts";
import { largestService, type ServiceDefinition } from "./service-definition.ts";

/** What the offers of a node need of it. */
export interface LocalServicesPorts {
  /** Monotonic. */
  nowMs(): Millis;
  /** Tells the cluster; the incarnation rises. */
  advertise(tags: Tags, services: readonly Service[]): void;
  /** What a record cannot carry, and why; undefined when all is well. */
  validate(tags: Tags, services: readonly Service[]): string | undefined;
  onEvent(event: DiscoveryEvent): void;
}

/** What a node offers by its own settings. */
export interface LocalServicesSettings {
  readonly tags: Tags;
  readonly services: readonly ServiceDefinition[];
  /** Whether a request may make this daemon run programs; its own settings always may. */
  readonly allowScripts: boolean;
}

/** A check of a service that this node offers, as it stands. */
export type LocalCheck = CheckReport & { readonly service: string };

/**
 * What this node offers: the services of its settings, and those that programs on this machine register over the control
 * API. The latter of a name wins, and lasts until it is withdrawn or the daemon ends.
 */
export class LocalServices {
  private readonly ports: LocalServicesPorts;
  private readonly advertiser: Advertiser;
  private readonly allowScripts: boolean;
  private tags: Tags;
  private configured: readonly ServiceDefinition[];
  private readonly registered = new Map<string, ServiceDefinition>();
  private readonly withdrawn = new Set<string>();
  /** By name in lower case, in the order in which they are told. */
  private offered = new Map<string, OfferedService>();
  private maintained = new Maintenance();
  private isRunning = false;

  constructor(settings: LocalServicesSettings, ports: LocalServicesPorts) {
    this.tags = settings.tags;
    this.configured = settings.services;
    this.allowScripts = settings.allowScripts;
    this.ports = ports;
    this.advertiser = new Advertiser({
      nowMs: () => ports.nowMs(),
      advertise: () => ports.advertise(this.tags, this.services()),
    });
    this.arrange();
  }

  services(): readonly Service[] {
    return [...this.offered.values()].map(({ service }) => this.maintained.apply(service));
  }

  /** What is out of use, and why. */
  maintenance(): readonly Maintained[] {
    return this.maintained.list();
  }

  /**
   * Takes a service, or with null all of them, out of use; whether it is offered.
   *
   * @throws ConfigError when a record cannot carry the reason
   */
  beginMaintenance(service: string | null, reason: string): boolean {
    if (service !== null && this.find(service) === undefined) return false;
    requireReason(reason);
    const next = this.maintained.begin(service, reason, new Date().toISOString());
    this.requireRecord(
      this.tags,
      [...this.offered.values()].map(({ definition }) => next.apply(largestService(definition))),
    );
    this.maintain(next, `in maintenance: ${reason}`);
    return true;
  }

  /** Brings it back, with the health that its checks say; whether it was out of use. */
  endMaintenance(service: string | null): boolean {
    const next = this.maintained.end(service);
    if (next === undefined) return false;
    this.maintain(next, "out of maintenance");
    return true;
  }

  checks(): readonly LocalCheck[] {
    return [...this.offered.values()].flatMap((offered) =>
      offered.reports().map((report) => ({ service: offered.definition.name, ...report })),
    );
  }

  /** Begins to run the checks. */
  start(): void {
    this.isRunning = true;
    for (const offered of this.offered.values()) offered.start();
  }

  close(): void {
    this.advertiser.close();
    for (const offered of this.offered.values()) offered.close();
  }

  /** Settings were read anew; what programs registered stays. @throws ConfigError when a record cannot carry both */
  configure(tags: Tags, configured: readonly ServiceDefinition[]): void {
    this.require(tags, definitionsOf(configured, this.registered, new Set()));
    const before = this.told();
    this.tags = tags;
    this.configured = configured;
    this.withdrawn.clear();
    this.arrange();
    if (this.told() !== before) this.advertiser.request();
  }

  /** Offers a service, or changes it. @throws ConfigError for a body that is none, or more than a record can carry */
  register(name: string, body: unknown): Service {
    const definition = readDefinition(name, body);
    if (typeof definition === "string") throw new ConfigError(`service ${name}: ${definition}`);
    this.refuseScripts(definition);
    const key = name.toLowerCase();
    const registered = new Map(this.registered).set(key, definition);
    this.require(this.tags, definitionsOf(this.configured, registered, this.withdrawn));
    this.registered.set(key, definition);
    this.withdrawn.delete(key);
    this.change();
    return this.find(name)?.service ?? largestService(definition);
  }

  /** Offers it no more; whether it was offered. One of the settings comes back when they are read anew. */
  withdraw(name: string): boolean {
    if (this.find(name) === undefined) return false;
    const key = name.toLowerCase();
    this.registered.delete(key);
    if (this.configured.some((each) => each.name.toLowerCase() === key)) this.withdrawn.add(key);
    this.change();
    return true;
  }

  /**
   * A service says how it is.
   *
   * @throws ConfigError if it has no ttl check
   */
  hear(name: string, result: CheckOutcome["result"], output: string): Service | undefined {
    const offered = this.find(name);
    if (offered === undefined) return undefined;
    if (!offered.hear({ result, output: shorten(output) })) {
      throw new ConfigError(
        `service ${name}: it has no ttl check; register it with {"checks": [{"ttl": "30s"}]}`,
      );
    }
    return offered.service;
  }

  private find(name: string): OfferedService | undefined {
    return this.offered.get(name.toLowerCase());
  }

  private told(): string {
    return JSON.stringify([this.tags, this.services()]);
  }

  private change(): void {
    this.arrange();
    this.advertiser.request();
  }

  /** Makes what is offered what is defined; a service that stays as it was keeps its checks and their memory. */
  private arrange(): void {
    const before = this.offered;
    this.offered = new Map();
    for (const definition of definitionsOf(this.configured, this.registered, this.withdrawn)) {
      const key = definition.name.toLowerCase();
      const known = before.get(key);
      const isSame = known !== undefined && isEqual(known.definition, definition);
      if (isSame) before.delete(key);
      this.offered.set(key, isSame ? known : this.offer(definition));
    }
    for (const gone of before.values()) gone.close();
  }

  /** Tells the log and the cluster. A service that another order still keeps out stays as it is. */
  private maintain(next: Maintenance, output: string): void {
    const before = this.services();
    this.maintained = next;
    for (const [at, { name, health: to, maintenance }] of this.services().entries()) {
      const { health: from = to, maintenance: earlier } = before[at] ?? {};
      if (maintenance === earlier) continue;
      this.ports.onEvent({ kind: "health-changed", service: name, from, to, output });
    }
    this.advertiser.request();
  }

  private offer(definition: ServiceDefinition): OfferedService {
    const offered = new OfferedService(definition, (change) => {
      this.ports.onEvent({ kind: "health-changed", ...change });
      this.advertiser.request();
    });
    if (this.isRunning) offered.start();
    return offered;
  }

  private refuseScripts({ name, checks }: ServiceDefinition): void {
    if (this.allowScripts || !checks.some(({ target }) => target.kind === "script")) return;
    throw new ConfigError(
      `service ${name}: a request may not make this daemon run programs; put the script check into its --config file, ` +
        "or start it with --allow-scripts",
    );
  }

  private require(tags: Tags, definitions: readonly ServiceDefinition[]): void {
    this.requireRecord(
      tags,
      definitions.map((each) => this.maintained.apply(largestService(each))),
    );
  }

  private requireRecord(tags: Tags, services: readonly Service[]): void {
    const complaint = this.ports.validate(tags, services);
    if (complaint !== undefined) {
      throw new ConfigError(`services: ${complaint}; members carry them in every record`);
    }
  }
}

/** Those of the settings that are neither replaced nor withdrawn, then those that were registered. */
function definitionsOf(
  configured: readonly ServiceDefinition[],
  registered: ReadonlyMap<string, ServiceDefinition>,
  withdrawn: ReadonlySet<string>,
): ServiceDefinition[] {
  const kept = configured.filter(({ name }) => {
    const key = name.toLowerCase();
    return !registered.has(key) && !withdrawn.has(key);
  });
  return [...kept, ...registered.values()];
}

function isEqual(a: ServiceDefinition, b: ServiceDefinition): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
