import type { LinkRules } from "../../transport/link-rules.ts";
import type { Host, Hosts } from "../host.ts";
import { type HostAddresses, inputRules, withoutDrops } from "./kernel-faults.ts";
import { NetworkNamespace, runCommand } from "./network-namespace.ts";

/** Which hosts are made of network namespaces. */
export interface NetnsOptions {
  /** Names of the nodes, each of which gets a host of its own. */
  readonly nodes: readonly string[];
  /** Hosts hear no refusal, as behind a firewall that drops ICMP. */
  readonly dropsIcmp: boolean;
}

/** Addresses of the network that exists only in here; this process is the first host of it. */
const NETWORK = "10.77";
const BRIDGE = "switch";
const GOSSIP_PORT = 7946;
const API_PORT = 7373;
const HOSTS_PER_NET = 250;

interface NamespaceHost {
  readonly namespace: NetworkNamespace;
  readonly address: string;
}

/**
 * A network namespace for each node, joined by a switch in the namespace of this process: hosts with
 * addresses of their own, whose kernels refuse and lose datagrams themselves.
 *
 * Only for a process that runs in a namespace made for it, since the switch and its address are
 * made where it is.
 */
export class NetnsHosts implements Hosts {
  private readonly hosts: ReadonlyMap<string, NamespaceHost>;
  private readonly dropsIcmp: boolean;
  /** The rules that each host has now, by name. */
  private readonly inForce = new Map<string, string>();

  private constructor(hosts: ReadonlyMap<string, NamespaceHost>, dropsIcmp: boolean) {
    this.hosts = hosts;
    this.dropsIcmp = dropsIcmp;
  }

  /** @throws NamespaceError when the system does not let it */
  static async open({ nodes, dropsIcmp }: NetnsOptions): Promise<NetnsHosts> {
    await openSwitch();
    const hosts = new Map<string, NamespaceHost>();
    const made = new NetnsHosts(hosts, dropsIcmp);
    try {
      for (const [at, node] of nodes.entries()) {
        const host = { namespace: await NetworkNamespace.create(), address: addressOf(at) };
        hosts.set(node, host);
        await plugIn(host, portOf(at));
      }
      await made.setFaults([]);
    } catch (error) {
      await made.close();
      throw error;
    }
    return made;
  }

  of(node: string): Host {
    const host = this.hosts.get(node);
    if (host === undefined) throw new Error(`no namespace was made for ${node}`);
    return {
      prefix: host.namespace.prefix,
      bind: `${host.address}:${GOSSIP_PORT}`,
      api: `${host.address}:${API_PORT}`,
      // Nobody else is on this network.
      extra: ["--insecure"],
    };
  }

  /** Cuts and losses are the kernel's; the rest is left to the daemons' own gates. */
  async setFaults(rules: LinkRules): Promise<LinkRules> {
    const addresses: HostAddresses = new Map(
      [...this.hosts].map(([name, { address }]) => [name, address]),
    );
    await Promise.all(
      [...this.hosts].map(async ([name, { namespace }]) => {
        const script = inputRules(name, rules, addresses, this.dropsIcmp);
        if (this.inForce.get(name) === script) return;
        await namespace.run(["nft", "-f", "-"], script);
        this.inForce.set(name, script);
      }),
    );
    return withoutDrops(rules);
  }

  /** Its plug in the switch is pulled: as of a machine that sleeps, not even ARP is answered. */
  readonly setPower = async (node: string, isOn: boolean): Promise<void> => {
    const at = [...this.hosts.keys()].indexOf(node);
    await runCommand(["ip", "link", "set", portOf(at), isOn ? "up" : "down"]);
  };

  async close(): Promise<void> {
    await Promise.all([...this.hosts.values()].map(({ namespace }) => namespace.release()));
    // The kernel takes namespaces away when it finds time; the next run wants the same names now.
    const ports = [...this.hosts.keys()].map((_, at) => `link delete ${portOf(at)}`);
    await runCommand(
      ["ip", "-force", "-batch", "-"],
      [...ports, `link delete ${BRIDGE}`, ""].join("\n"),
    ).catch(() => undefined);
  }
}

async function openSwitch(): Promise<void> {
  await runCommand(["ip", "link", "set", "lo", "up"]);
  await runCommand(
    ["ip", "-batch", "-"],
    [
      `link add ${BRIDGE} type bridge`,
      `address add ${NETWORK}.0.1/16 dev ${BRIDGE}`,
      `link set ${BRIDGE} up`,
      "",
    ].join("\n"),
  );
}

async function plugIn({ namespace, address }: NamespaceHost, port: string): Promise<void> {
  await runCommand(
    ["ip", "-batch", "-"],
    [
      `link add ${port} type veth peer name eth0 netns ${namespace.pid}`,
      `link set ${port} master ${BRIDGE} up`,
      "",
    ].join("\n"),
  );
  await namespace.run(
    ["ip", "-batch", "-"],
    ["link set lo up", `address add ${address}/16 dev eth0`, "link set eth0 up", ""].join("\n"),
  );
}

function portOf(at: number): string {
  return `host${at}`;
}

function addressOf(at: number): string {
  return `${NETWORK}.${1 + Math.floor(at / HOSTS_PER_NET)}.${1 + (at % HOSTS_PER_NET)}`;
}
