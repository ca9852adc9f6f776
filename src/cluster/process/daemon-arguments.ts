import type { ProfileName } from "../../core/config.ts";

/** Settings of one daemon that a launcher starts. */
export interface DaemonSpec {
  readonly name: string;
  /** Gossip address; port 0 lets the system choose. */
  readonly bind: string;
  readonly api: string;
  readonly join: readonly string[];
  readonly profile: ProfileName;
  /** What runs the daemon's command, such as `ip netns exec n1`. */
  readonly prefix?: readonly string[];
  /** Further arguments of `hearsay start`, as on a command line. */
  readonly extra?: readonly string[];
}

/** Small young generations: a daemon makes little garbage, and five of them share a machine. */
const HEAP_FLAGS = ["--max-semi-space-size=1"];

/** Arguments for Node that start the daemon with JSON lines on stderr. */
export function daemonArguments(spec: DaemonSpec, entry: string): string[] {
  const join = spec.join.flatMap((address) => ["--join", address]);
  return [
    ...HEAP_FLAGS,
    entry,
    "start",
    ...["--name", spec.name],
    ...["--bind", spec.bind],
    ...["--api", spec.api],
    ...["--profile", spec.profile],
    ...join,
    ...["--log", "json"],
    ...(spec.extra ?? []),
  ];
}

/** The environment without settings for this program: launched daemons run the same way on every machine. */
export function plainEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("HEARSAY_")));
}

/** Settings as arguments: `probeIntervalMs: 200` → `--probe-interval-ms 200`. */
export function settingFlags(settings: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(settings).flatMap(([key, value]) => [
    `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    String(value),
  ]);
}
