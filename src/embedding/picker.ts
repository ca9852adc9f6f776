import type { EndpointBody } from "../control/service-types.ts";
import type { PickedEndpoint } from "./hearsay-node.ts";

/** Addresses remembered for each one that is offered, before those that are gone are forgotten. */
const REMEMBERED_FACTOR = 4;

/**
 * Power of two choices (Mitzenmacher, 2001): of two endpoints drawn by weight, the one with less in use. It spreads load
 * nearly as well as asking all, and no newcomer is flooded as it would be by "least in use".
 */
export class Picker {
  private readonly random: () => number;
  private readonly inUse = new Map<string, number>();

  /** @param random uniform in [0, 1) */
  constructor(random: () => number = Math.random) {
    this.random = random;
  }

  pick(endpoints: readonly EndpointBody[]): PickedEndpoint | undefined {
    const first = this.draw(endpoints);
    if (first === undefined) return undefined;
    const second = this.draw(endpoints.filter((each) => each !== first));
    const chosen = second !== undefined && this.isBetter(second, first) ? second : first;
    return this.use(chosen, endpoints);
  }

  /** With a chance in proportion to the weight. */
  private draw(endpoints: readonly EndpointBody[]): EndpointBody | undefined {
    const total = endpoints.reduce((sum, { weight }) => sum + weight, 0);
    let left = this.random() * total;
    for (const endpoint of endpoints) {
      left -= endpoint.weight;
      if (left < 0) return endpoint;
    }
    return endpoints.at(-1);
  }

  private isBetter(a: EndpointBody, b: EndpointBody): boolean {
    const loads = [a, b].map((each) => ((this.inUse.get(each.address) ?? 0) + 1) / each.weight);
    const [loadOfA = 0, loadOfB = 0] = loads;
    return loadOfA === loadOfB ? (a.phi ?? 0) < (b.phi ?? 0) : loadOfA < loadOfB;
  }

  private use(endpoint: EndpointBody, offered: readonly EndpointBody[]): PickedEndpoint {
    const { address } = endpoint;
    this.inUse.set(address, (this.inUse.get(address) ?? 0) + 1);
    if (this.inUse.size > REMEMBERED_FACTOR * offered.length) this.forgetAllBut(offered);
    let isReleased = false;
    const release = () => {
      if (isReleased) return;
      isReleased = true;
      const left = (this.inUse.get(address) ?? 1) - 1;
      if (left > 0) this.inUse.set(address, left);
      else this.inUse.delete(address);
    };
    return { ...endpoint, release };
  }

  private forgetAllBut(offered: readonly EndpointBody[]): void {
    const present = new Set(offered.map(({ address }) => address));
    for (const address of this.inUse.keys()) if (!present.has(address)) this.inUse.delete(address);
  }
}
