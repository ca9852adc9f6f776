import type { ServiceRegistration } from "../control/service-types.ts";
import type { NodeConfig, ProfileName } from "../core/config.ts";

/**
 * Settings of a node inside a program: those of a daemon by the same names and with the same checks, except those of its
 * control API, log and handlers. Every protocol parameter can be given.
 */
export interface NodeSettings extends Partial<Omit<NodeConfig, "profile">> {
  /** Unique in the cluster; the host's name unless given. */
  readonly name?: string | undefined;
  /** Where gossip is received; any free port of the loopback interface unless given. */
  readonly bind?: string | undefined;
  /** Address that the others use, if it is not the bound one. */
  readonly advertise?: string | undefined;
  /** Gossip addresses of members, `host:port`; names are resolved anew at each dial. */
  readonly join?: readonly string[] | undefined;
  readonly cluster?: string | undefined;
  readonly profile?: ProfileName | undefined;
  /** Directory that keeps the incarnation and known members across restarts. */
  readonly dataDir?: string | undefined;
  /** Keys of the cluster (`hearsay keygen`): gossip is encrypted, and strangers are not heard. */
  readonly keyFile?: string | undefined;
  /** For a running cluster that moves to keys; `require` unless given. */
  readonly gossipEncryption?: "accept" | "prefer" | "require" | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly services?: readonly (string | ({ readonly name: string } & ServiceRegistration))[];
  /** Share of usable endpoints, in percent, below which all known ones are given. */
  readonly panic?: number | string | undefined;
  /** Share of a service's endpoints that silence may take out within a minute, in percent. */
  readonly removals?: number | string | undefined;
  readonly flapHoldMs?: number | undefined;
  readonly deadKnownMs?: number | undefined;
  /** Accept gossip without a key on addresses other than loopback. */
  readonly insecure?: boolean | undefined;
}
