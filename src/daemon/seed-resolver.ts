import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { ConfigError } from "../core/errors.ts";
import { type Endpoint, type Millis, sameEndpoint } from "../core/member.ts";
import { canonicalAddress, type HostPort } from "./settings/host-port.ts";

/** A name server that does not answer must not stop the dialling of the other seeds. */
const LOOK_UP_MS: Millis = 5000;

/** Which join addresses are looked up, and how. */
export interface SeedResolverOptions {
  readonly seeds: readonly HostPort[];
  /** Our own gossip addresses: lists of seeds usually name every node, this one too. */
  readonly own: readonly Endpoint[];
  readonly onWarning: (warning: string) => void;
  /** How long one look-up is waited for; five seconds unless given. */
  readonly lookUpMs?: Millis;
}

/** All addresses of a name; `dns.lookup`, replaced in tests that have no name server. */
export type LookUp = (host: string, family: 4 | 6) => Promise<readonly string[]>;

/** What the seeds resolve to. */
export interface ResolvedSeeds {
  readonly endpoints: readonly Endpoint[];
  /** Some names have no address now; where they had one before, that is among the endpoints. */
  readonly hasUnresolved: boolean;
}

interface Found {
  readonly endpoints: readonly Endpoint[];
  readonly error?: NodeJS.ErrnoException;
}

/**
 * Turns the names given to `--join` into all their addresses, anew at each call: behind a headless service they change
 * while we run, and in an ordered start they do not exist yet.
 */
export class SeedResolver {
  private readonly options: SeedResolverOptions;
  private readonly family: 4 | 6;
  private readonly lookUp: LookUp;
  private readonly warned = new Set<string>();
  /** The last addresses of each name: a look-up that fails takes away none of them. */
  private readonly lastFound = new Map<string, readonly string[]>();
  private seeds: readonly HostPort[];

  constructor(options: SeedResolverOptions, lookUp: LookUp = lookUpAll) {
    this.options = options;
    this.seeds = options.seeds;
    this.family = isIP(options.own[0]?.host ?? "") === 6 ? 6 : 4;
    this.lookUp = lookUp;
  }

  /** Whether any seed is a name, whose addresses may change. */
  get hasNames(): boolean {
    return this.seeds.some(({ host }) => isIP(host) === 0);
  }

  /** The seeds as of now; never rejects. A name that does not resolve is one warning until it does. */
  async resolve(): Promise<ResolvedSeeds> {
    const found = await this.find(this.seeds);
    for (const [at, { error }] of found.entries()) {
      const host = this.seeds[at]?.host ?? "";
      if (error === undefined) this.warned.delete(host);
      else if (!this.warned.has(host)) {
        this.warned.add(host);
        this.options.onWarning(
          `join: ${host} does not resolve (${error.code ?? error.message}); trying again later`,
        );
      }
    }
    return this.gather(found);
  }

  /**
   * Resolves addresses that an operator is waiting for in `POST /v1/join`, and counts them among the seeds from now on.
   *
   * @throws ConfigError for a host that does not exist; a name server that does not answer is a warning
   */
  async add(seeds: readonly HostPort[]): Promise<ResolvedSeeds> {
    const found = await this.find(seeds);
    for (const [at, { error }] of found.entries()) {
      const host = seeds[at]?.host ?? "";
      if (error?.code === "ENOTFOUND") {
        throw new ConfigError(
          `join: there is no host called ${host}; correct the name or give its address`,
        );
      }
      if (error === undefined) continue;
      this.options.onWarning(`join: ${host} does not resolve now (${error.code ?? error.message})`);
    }
    const isNew = ({ host, port }: HostPort): boolean =>
      !this.seeds.some((seed) => seed.host === host && seed.port === port);
    this.seeds = [...this.seeds, ...seeds.filter(isNew)];
    return this.gather(found);
  }

  private find(seeds: readonly HostPort[]): Promise<Found[]> {
    return Promise.all(seeds.map((seed) => this.findOne(seed)));
  }

  private async findOne({ host, port }: HostPort): Promise<Found> {
    if (isIP(host) !== 0) return { endpoints: [{ host, port }] };
    const toEndpoint = (address: string) => ({ host: canonicalAddress(address), port });
    try {
      const addresses = await this.lookUpInTime(host);
      this.lastFound.set(host, addresses);
      return { endpoints: addresses.map(toEndpoint) };
    } catch (error) {
      const endpoints = (this.lastFound.get(host) ?? []).map(toEndpoint);
      return { endpoints, error: error as NodeJS.ErrnoException };
    }
  }

  private async lookUpInTime(host: string): Promise<readonly string[]> {
    const ms = this.options.lookUpMs ?? LOOK_UP_MS;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer in ${ms / 1000} s`)), ms);
      timer.unref();
    });
    try {
      return await Promise.race([this.lookUp(host, this.family), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private gather(found: readonly Found[]): ResolvedSeeds {
    const all = found.flatMap(({ endpoints }) => endpoints);
    const endpoints = all.filter(
      (each, at) =>
        !this.options.own.some((own) => sameEndpoint(own, each)) &&
        all.findIndex((other) => sameEndpoint(other, each)) === at,
    );
    return { endpoints, hasUnresolved: found.some(({ error }) => error !== undefined) };
  }
}

async function lookUpAll(host: string, family: 4 | 6): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, family });
  return found.map(({ address }) => address);
}
