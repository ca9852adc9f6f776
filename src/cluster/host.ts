import type { LinkRules } from "../transport/link-rules.ts";

/** Why a node cannot be suspended where all share one kernel. */
export const NO_MACHINES =
  "suspend needs a machine for each node, and all nodes share this one; run it with --netns or --sim";

/** Where the daemons of a cluster run, and how links between them are broken. */
export interface Hosts {
  /** The host of a node, the same at every start of it. */
  of(node: string): Host;
  /**
   * Breaks links by other means than the daemons' own, and gives the rules that are left to them;
   * without it, all are.
   */
  readonly setFaults?: (rules: LinkRules) => Promise<LinkRules>;
  /**
   * Takes the host's network from it, or gives it back: its kernel answers nothing, as that of a
   * machine that sleeps. Without it, nodes have no hosts of their own.
   */
  readonly setPower?: (node: string, isOn: boolean) => Promise<void>;
  /** Takes away what was made for the run. */
  close(): Promise<void>;
}

/** Where a daemon runs, as its launcher sees it. */
export interface Host {
  /** What runs the daemon's command, such as `ip netns exec n1`; empty: nothing. */
  readonly prefix: readonly string[];
  /** Gossip address; port 0 lets the system choose. */
  readonly bind: string;
  /** Address of the control API, which this process must reach. */
  readonly api: string;
  /** Further arguments of `hearsay start`. */
  readonly extra: readonly string[];
}

/**
 * This machine's loopback, on ports that the system chooses.
 *
 * @param extraOf further arguments of `hearsay start` for a node; none unless given
 * @param bindOf where a node receives gossip; at a port that the system chooses unless given
 */
export function loopback(
  extraOf: (node: string) => readonly string[] = () => [],
  bindOf: (node: string) => string = () => "127.0.0.1:0",
): Hosts {
  return {
    of: (node) => ({ prefix: [], bind: bindOf(node), api: "127.0.0.1:0", extra: extraOf(node) }),
    close: async () => {},
  };
}
