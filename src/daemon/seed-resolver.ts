import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { ConfigError } from "../core/errors.ts";
import { type Endpoint, sameEndpoint } from "../core/member.ts";
import { canonicalAddress, type HostPort } from "./settings/host-port.ts";

export interface SeedResolverOptions {
  readonly seeds: readonly HostPort[];
  /** Our own gossip addresses: lists of seeds usually name every node, this one too. */
  readonly own: readonly Endpoint[];
  readonly onWarning: (warning: string) => void;
}

/** All addresses of a name; `dns.lookup`, replaced in tests that have no name server. */
export type LookUp = (host: string, family: 4 | 6) => Promise<readonly string[]>;

/**
 * Turns the names given to `--join` into all their addresses, anew at each call: behind a headless service they change
 * while we run.
 */
export class SeedResolver {
  private readonly options: SeedResolverOptions;
  private readonly family: 4 | 6;
  private readonly lookUp: LookUp;
  private readonly warned = new Set<string>();

  constructor(options: SeedResolverOptions, lookUp: LookUp = lookUpAll) {
    this.options = options;
    this.family = isIP(options.own[0]?.host ?? "") === 6 ? 6 : 4;
    this.lookUp = lookUp;
  }

  /** The seeds as of now. A name that does not resolve is one warning until it does. */
  async resolve(): Promise<readonly Endpoint[]> {
    return this.gather(this.options.seeds, (seed, error) => {
      if (this.warned.has(seed.host)) return;
      this.warned.add(seed.host);
      this.options.onWarning(
        `join: ${seed.host} does not resolve (${error.code ?? error.message}); trying again later`,
      );
    });
  }

  /**
   * The same for addresses that an operator is waiting for, at the start or in `POST /v1/join`.
   *
   * @throws ConfigError for a host that does not exist; a name server that does not answer is a warning
   */
  async resolveOrRefuse(
    seeds: readonly HostPort[] = this.options.seeds,
  ): Promise<readonly Endpoint[]> {
    return this.gather(seeds, (seed, error) => {
      if (error.code === "ENOTFOUND") {
        throw new ConfigError(
          `join: there is no host called ${seed.host}; correct the name or give its address`,
        );
      }
      this.options.onWarning(
        `join: ${seed.host} does not resolve now (${error.code ?? error.message})`,
      );
    });
  }

  private async gather(
    seeds: readonly HostPort[],
    onFailure: (seed: HostPort, error: NodeJS.ErrnoException) => void,
  ): Promise<readonly Endpoint[]> {
    const perSeed = await Promise.allSettled(seeds.map((seed) => this.addressesOf(seed)));
    const found: Endpoint[] = [];
    for (const [at, seed] of seeds.entries()) {
      const result = perSeed[at];
      if (result?.status === "fulfilled") {
        this.warned.delete(seed.host);
        found.push(...result.value);
      } else onFailure(seed, result?.reason as NodeJS.ErrnoException);
    }
    return found.filter(
      (each, at) =>
        !this.options.own.some((own) => sameEndpoint(own, each)) &&
        found.findIndex((other) => sameEndpoint(other, each)) === at,
    );
  }

  private async addressesOf({ host, port }: HostPort): Promise<readonly Endpoint[]> {
    if (isIP(host) !== 0) return [{ host, port }];
    const addresses = await this.lookUp(host, this.family);
    return addresses.map((address) => ({ host: canonicalAddress(address), port }));
  }
}

async function lookUpAll(host: string, family: 4 | 6): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, family });
  return found.map(({ address }) => address);
}
