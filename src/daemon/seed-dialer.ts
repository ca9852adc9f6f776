import type { JoinBody } from "../control/api-types.ts";
import { ConfigError } from "../core/errors.ts";
import { formatEndpoint, type Millis } from "../core/member.ts";
import type { ResolvedSeeds, SeedResolver } from "./seed-resolver.ts";
import { type HostPort, parseHostPort } from "./settings/host-port.ts";
import { DEFAULT_GOSSIP_PORT } from "./settings/schemas.ts";

/**
 * Names are looked up so often, also while the node knows a member at each of their addresses: another group of nodes
 * may have come under one of them.
 */
const LOOK_UP_EVERY_MS: Millis = 15_000;

/** Where join addresses are looked up, and who dials them. */
export interface SeedDialerOptions {
  readonly resolver: SeedResolver;
  /** Gives the node addresses to dial. */
  readonly dial: (seeds: ResolvedSeeds) => void;
}

/** Answers the node's wish for seeds, and an operator's wish to join others. */
export class SeedDialer {
  private readonly options: SeedDialerOptions;
  private readonly timer: NodeJS.Timeout;
  private isResolving = false;

  constructor(options: SeedDialerOptions) {
    this.options = options;
    const lookUp = () => {
      if (options.resolver.hasNames) void this.dialSeeds();
    };
    this.timer = setInterval(lookUp, LOOK_UP_EVERY_MS).unref();
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** Resolves the seeds anew and dials them; nothing while an earlier look-up is under way. */
  async dialSeeds(): Promise<void> {
    if (this.isResolving) return;
    this.isResolving = true;
    try {
      this.options.dial(await this.options.resolver.resolve());
    } finally {
      this.isResolving = false;
    }
  }

  /**
   * Dials other addresses, which are seeds from now on.
   *
   * @throws ConfigError for one that is none or a host that does not exist
   */
  async join(addresses: readonly string[]): Promise<JoinBody> {
    const { resolver, dial } = this.options;
    const { endpoints } = await resolver.add(addresses.map(seedAddress));
    dial(await resolver.resolve());
    return { v: 1, dialled: endpoints.map(formatEndpoint) };
  }
}

function seedAddress(text: string): HostPort {
  const address = parseHostPort(text, DEFAULT_GOSSIP_PORT);
  if (address !== undefined) return address;
  throw new ConfigError(`join: "${text}" must be host:port, such as 10.0.0.5:7946`);
}
