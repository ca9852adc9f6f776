import type { JoinBody } from "../control/api-types.ts";
import { ConfigError } from "../core/errors.ts";
import { type Endpoint, formatEndpoint } from "../core/member.ts";
import type { SeedResolver } from "./seed-resolver.ts";
import { type HostPort, parseHostPort } from "./settings/host-port.ts";
import { DEFAULT_GOSSIP_PORT } from "./settings/schemas.ts";

export interface SeedDialerOptions {
  readonly resolver: SeedResolver;
  /** What the seeds resolved to a moment ago: spares the first dial a second look-up. */
  readonly firstSeeds: readonly Endpoint[];
  /** Gives the node addresses to dial. */
  readonly dial: (seeds: readonly Endpoint[]) => void;
}

/** Answers the node's wish for seeds, and an operator's wish to join others. */
export class SeedDialer {
  private readonly options: SeedDialerOptions;
  private resolved: readonly Endpoint[] | undefined;
  private isResolving = false;

  constructor(options: SeedDialerOptions) {
    this.options = options;
    this.resolved = options.firstSeeds;
  }

  /** Resolves the seeds anew and dials them; nothing while an earlier look-up is under way. */
  async dialSeeds(): Promise<void> {
    if (this.isResolving) return;
    this.isResolving = true;
    try {
      const seeds = this.resolved ?? (await this.options.resolver.resolve());
      this.resolved = undefined;
      this.options.dial(seeds);
    } finally {
      this.isResolving = false;
    }
  }

  /** Dials other addresses, once. @throws ConfigError for one that is none or a host that does not exist */
  async join(addresses: readonly string[]): Promise<JoinBody> {
    const seeds = await this.options.resolver.resolveOrRefuse(addresses.map(seedAddress));
    this.options.dial(seeds);
    return { v: 1, dialled: seeds.map(formatEndpoint) };
  }
}

function seedAddress(text: string): HostPort {
  const address = parseHostPort(text, DEFAULT_GOSSIP_PORT);
  if (address !== undefined) return address;
  throw new ConfigError(`join: "${text}" must be host:port, such as 10.0.0.5:7946`);
}
