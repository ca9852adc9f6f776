import { type Endpoint, formatEndpoint, type Millis, sameEndpoint } from "../../core/member.ts";
import { knock } from "../../transport/knock.ts";

/** Lists of seeds may name every node of a large cluster. */
const SEEDS_TOLD_MAX = 3;
/** So long a system looks for a host before it says that there is none. */
const KNOCK_MS: Millis = 3500;

const MEANINGS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "its host says that nothing listens on that port",
  ENETUNREACH: "there is no route to it",
  EHOSTUNREACH: "no host has that address",
  EINVAL: "it cannot be reached from the address that this node is bound to",
  EPERM: "a firewall of this machine forbids it",
  EACCES: "this machine forbids it",
};

/** Where this node is. */
export interface Addresses {
  /** As bound. */
  readonly local: Endpoint;
  /** As the others are told. */
  readonly advertised: Endpoint;
}

/** Why nobody answers at these seeds, as far as this machine can find out: one clause for a sentence. */
export async function diagnoseSeeds(
  seeds: readonly Endpoint[],
  { local, advertised }: Addresses,
): Promise<string> {
  if (seeds.length === 0) return "none of the names has an address yet";
  const told = seeds.slice(0, SEEDS_TOLD_MAX);
  const [own, ...answers] = await Promise.all([
    obstacleToAdvertised({ local, advertised }),
    ...told.map((seed) => knock(local.host, seed, KNOCK_MS)),
  ]);
  const clauses = told.map((seed, at) => `${formatEndpoint(seed)}: ${meaningOf(answers[at])}`);
  if (seeds.length > told.length) clauses.push(`and ${seeds.length - told.length} others`);
  if (own !== undefined)
    clauses.push(`${formatEndpoint(advertised)}, which this node advertises: ${own}`);
  return clauses.join("; ");
}

/** Why the others cannot reach this node where it advertises; undefined where nothing is known to be wrong. */
async function obstacleToAdvertised({ local, advertised }: Addresses): Promise<string | undefined> {
  if (sameEndpoint(local, advertised)) return undefined;
  const code = await knock(local.host, advertised, KNOCK_MS);
  return code === undefined ? undefined : meaningOf(code);
}

/**
 * What may be the matter with a node that the others accuse again and again: they do not reach it at the address that it
 * advertises, and nothing else says so. Undefined where that is the address it is bound to.
 */
export async function diagnoseAccusations(addresses: Addresses): Promise<string | undefined> {
  const { local, advertised } = addresses;
  if (sameEndpoint(local, advertised)) return undefined;
  const obstacle = await obstacleToAdvertised(addresses);
  const why = obstacle === undefined ? "" : ` (${obstacle})`;
  return (
    "the others accuse this node again and again: can they reach it? " +
    `It advertises ${formatEndpoint(advertised)}${why} and is bound to ${formatEndpoint(local)}; check --advertise`
  );
}

function meaningOf(code: string | undefined): string {
  if (code === undefined) {
    return "silent (is it the gossip port, of a cluster with this name and key, and open in firewalls?)";
  }
  return MEANINGS[code] ?? `the system says ${code}`;
}
