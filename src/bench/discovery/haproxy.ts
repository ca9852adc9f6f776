import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { OwnedProcess } from "../../cluster/process/owned-process.ts";
import { reserveAddress } from "../free-address.ts";

/** What the load balancer of a run is configured with. */
export interface HaproxySettings {
  /** Where the daemon beside it serves DNS, `host:port`. */
  readonly dns: string;
  readonly service: string;
  /** Whether it also watches its own connections, and does without a server at its first failure. */
  readonly observes: boolean;
  /** Connections that fail are tried again elsewhere. */
  readonly retries: number;
}

/** The version of the haproxy on PATH; undefined without one. */
export function findHaproxyVersion(): string | undefined {
  const { stdout, error } = spawnSync("haproxy", ["-v"], { encoding: "utf8" });
  return error === undefined ? /version (\S+)/.exec(stdout)?.[1] : undefined;
}

/** A load balancer that takes its servers from DNS alone: SRV records, with their addresses beside them. */
export class Haproxy extends OwnedProcess {
  /** Where clients ask it, `host:port`. */
  readonly address: string;
  private readonly directory: string;

  private constructor(child: ChildProcess, address: string, directory: string) {
    super("haproxy", child);
    this.address = address;
    this.directory = directory;
    // Read, so that a full pipe never stops it.
    this.readLines(child.stderr, () => undefined);
    void this.ended.then(() => rmSync(directory, { recursive: true, force: true }));
  }

  static async start(settings: HaproxySettings): Promise<Haproxy> {
    const directory = mkdtempSync(join(tmpdir(), "hearsay-haproxy-"));
    const address = await reserveAddress();
    const file = join(directory, "haproxy.cfg");
    writeFileSync(file, configuration(settings, address, join(directory, "stats")));
    const child = spawn("haproxy", ["-db", "-f", file], { stdio: ["pipe", "ignore", "pipe"] });
    return new Haproxy(child, address, directory);
  }

  /** How many servers it has an address for, and how many of them it would send requests to. */
  async pool(): Promise<{ readonly known: number; readonly used: number }> {
    const socket = connect(join(this.directory, "stats"));
    socket.end("show stat -1 4 -1\n");
    const lines = (await text(socket)).split("\n").map((line) => line.split(","));
    const [titles = [], ...rows] = lines;
    const statusAt = titles.indexOf("status");
    const states = rows.filter((row) => row.length > statusAt).map((row) => row[statusAt] ?? "");
    const known = states.filter((state) => !state.startsWith("MAINT"));
    return { known: known.length, used: known.filter((state) => !/^DOWN/.test(state)).length };
  }
}

function configuration(
  { dns, service, observes, retries }: HaproxySettings,
  address: string,
  stats: string,
): string {
  const observe = observes
    ? " check inter 200ms rise 1 observe layer4 error-limit 1 on-error mark-down"
    : "";
  const retry = retries === 0 ? "retries 0" : `retries ${retries}\n  option redispatch 1`;
  return `global
  stats socket ${stats} mode 600 level admin
defaults
  mode http
  ${retry}
  timeout connect 500ms
  timeout client 10s
  timeout server 10s
resolvers hearsay
  nameserver local ${dns}
  accepted_payload_size 8192
  timeout resolve 50ms
  timeout retry 100ms
  hold valid 50ms
  hold obsolete 0s
  hold nx 0s
  hold refused 1h
  hold other 1h
  hold timeout 1h
frontend front
  bind ${address}
  default_backend back
backend back
  balance roundrobin
  server-template ${service} 64 _${service}._tcp.service.hearsay resolvers hearsay init-addr none${observe}
`;
}
