import { isIP } from "node:net";
import { join } from "node:path";
import { z } from "zod";
import {
  type Endpoint,
  formatEndpoint,
  isPresent,
  type MemberName,
  type MemberRecord,
  type MemberState,
} from "../../core/member.ts";
import { isName } from "../../wire/limits.ts";
import { parseHostPort } from "../settings/host-port.ts";
import { readStoredFile, StoredFile } from "./stored-file.ts";

const FILE_NAME = "peers.json";
/** Addresses kept; the present members come first. */
const PEERS_MAX = 1024;
/** Who was not met for so long, by a node that is not alone, is let go. */
const UNMET_S_MAX = 7 * 24 * 3600;

const savedPeer = z.object({ name: z.string(), address: z.string(), metS: z.number() });
const savedPeers = z.object({
  v: z.literal(1),
  /** Whose they are; left out by versions before. */
  name: z.string().optional(),
  cluster: z.string().optional(),
  peers: z.array(z.unknown()),
});

interface Peer {
  readonly name: MemberName;
  readonly endpoint: Endpoint;
  /** The wall-clock second in which it was last known to be present. */
  readonly metS: number;
}

/** A member as the table has it. */
interface Known {
  readonly record: MemberRecord;
  readonly state: MemberState;
}

/** Where members are remembered. `nowS`: the wall clock in seconds. */
export interface PeerStoreOptions {
  readonly directory: string;
  readonly selfName: MemberName;
  readonly cluster: string;
  readonly nowS: () => number;
  readonly onWarning: (warning: string) => void;
}

/**
 * Remembers in the data directory where members were, so that a node finds its cluster again with no
 * seed, also when it has another address and some of the members are gone for good. The dead are
 * remembered like the present; those that left, only while nobody else is known.
 */
export class PeerStore {
  private readonly options: PeerStoreOptions;
  private readonly file: StoredFile;
  private peers: readonly Peer[] = [];

  constructor(options: PeerStoreOptions) {
    this.options = options;
    const path = join(options.directory, FILE_NAME);
    this.file = new StoredFile(path, (why) => options.onWarning(`cannot save the peers: ${why}`));
  }

  /** Where members were before this start. What cannot be read is a warning, and costs only itself. */
  load(): readonly Endpoint[] {
    try {
      this.peers = this.read();
    } catch (error) {
      this.warn(`${error instanceof Error ? error.message : error}; going on without`);
    }
    return this.peers.map(({ endpoint }) => endpoint);
  }

  /** Something changed: saves what `members` says then, in a moment. */
  noteChange(members: () => readonly Known[]): void {
    this.file.saveSoon(() => this.textOf(members()));
  }

  /** Saves what was not saved yet. */
  close(): void {
    this.file.close();
  }

  private textOf(members: readonly Known[]): string {
    this.peers = merge(this.peers, members, this.options).slice(0, PEERS_MAX);
    const peers = this.peers.map(({ name, endpoint, metS }) => ({
      name,
      address: formatEndpoint(endpoint),
      metS,
    }));
    const { selfName: name, cluster } = this.options;
    return `${JSON.stringify({ v: 1, name, cluster, peers })}\n`;
  }

  private read(): Peer[] {
    const saved = readStoredFile(this.file.path, savedPeers);
    if (saved === undefined) return [];
    const { selfName, cluster } = this.options;
    if (saved.cluster !== undefined && saved.cluster !== cluster) {
      throw new Error(`it is of the cluster ${saved.cluster}, and this node is of ${cluster}`);
    }
    if (saved.name !== undefined && saved.name !== selfName) {
      this.warn(`the node ${saved.name} kept it, and this one is ${selfName}; using its peers`);
    }
    const peers = saved.peers.flatMap((each) => parsePeer(each) ?? []);
    const bad = saved.peers.length - peers.length;
    if (bad > 0) this.warn(`${bad} of its peers have no usable name and address; going on without`);
    return peers.slice(0, PEERS_MAX);
  }

  private warn(what: string): void {
    this.options.onWarning(`${this.file.path}: ${what}`);
  }
}

function parsePeer(value: unknown): Peer | undefined {
  const peer = savedPeer.safeParse(value);
  if (!peer.success || !isName(peer.data.name)) return undefined;
  const endpoint = parseHostPort(peer.data.address, 0);
  if (endpoint === undefined || isIP(endpoint.host) === 0 || endpoint.port === 0) return undefined;
  return { name: peer.data.name, endpoint, metS: peer.data.metS };
}

/** The present members, then the dead, then those that were not met in this run. */
function merge(
  before: readonly Peer[],
  members: readonly Known[],
  { selfName, nowS }: Pick<PeerStoreOptions, "selfName" | "nowS">,
): Peer[] {
  const now = nowS();
  const others = members.filter(({ record }) => record.name !== selfName);
  const present = others.filter(({ state }) => isPresent(state));
  const isAlone = present.length === 0;
  const metS = new Map(before.map((peer) => [peer.name, peer.metS]));
  const toPeer = ({ record: { name, endpoint }, state }: Known): Peer => ({
    name,
    endpoint,
    metS: isPresent(state) ? now : (metS.get(name) ?? now),
  });
  const gone = others.filter(({ state }) => state === "dead" || (isAlone && state === "left"));
  const known = new Set(others.map(({ record }) => record.name));
  const unmet = before.filter(
    (peer) => !known.has(peer.name) && (isAlone || now - peer.metS < UNMET_S_MAX),
  );
  return [...present.map(toPeer), ...gone.map(toPeer), ...unmet];
}
