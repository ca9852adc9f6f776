import { renameSync, rmSync, writeFileSync } from "node:fs";
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
  type Millis,
} from "../../core/member.ts";
import { isName } from "../../wire/limits.ts";
import { parseHostPort } from "../settings/host-port.ts";
import { readStoredFile } from "./stored-file.ts";

const FILE_NAME = "peers.json";
/** Addresses kept; the present members come first. */
const PEERS_MAX = 1024;
/** Changes within this are saved at once: a whole cluster may arrive in a moment. */
const SAVE_AFTER_MS: Millis = 250;
/** Who was not met for so long, by a node that is not alone, is let go. */
const UNMET_S_MAX = 7 * 24 * 3600;

const savedPeer = z.object({ name: z.string(), address: z.string(), metS: z.number() });
const savedPeers = z.object({ v: z.literal(1), peers: z.array(z.unknown()) });

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
  private readonly path: string;
  private peers: readonly Peer[] = [];
  private savedText = "";
  private timer: NodeJS.Timeout | undefined;
  private hasFailed = false;

  constructor(options: PeerStoreOptions) {
    this.options = options;
    this.path = join(options.directory, FILE_NAME);
  }

  /** Where members were before this start. What cannot be read is a warning, and costs only itself. */
  load(): readonly Endpoint[] {
    this.peers = this.read();
    return this.peers.map(({ endpoint }) => endpoint);
  }

  /** Something changed: saves what `members` says then, in a moment. */
  noteChange(members: () => readonly Known[]): void {
    this.timer ??= setTimeout(() => this.saveNow(members()), SAVE_AFTER_MS).unref();
  }

  close(members: readonly Known[]): void {
    if (this.timer !== undefined) this.saveNow(members);
  }

  private saveNow(members: readonly Known[]): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.peers = merge(this.peers, members, this.options).slice(0, PEERS_MAX);
    const peers = this.peers.map(({ name, endpoint, metS }) => ({
      name,
      address: formatEndpoint(endpoint),
      metS,
    }));
    this.write(`${JSON.stringify({ v: 1, peers })}\n`);
  }

  /** Whole or not at all. Failures are told once and change nothing. */
  private write(text: string): void {
    if (text === this.savedText) return;
    const draft = `${this.path}.new`;
    try {
      // What else is there under that name, such as a pipe, is not written to.
      rmSync(draft, { force: true });
      writeFileSync(draft, text);
      renameSync(draft, this.path);
      this.savedText = text;
      this.hasFailed = false;
    } catch (error) {
      if (!this.hasFailed) this.options.onWarning(`cannot save the peers: ${messageOf(error)}`);
      this.hasFailed = true;
    }
  }

  private read(): Peer[] {
    let text: string;
    try {
      text = readStoredFile(this.path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") this.giveUp(messageOf(error));
      return [];
    }
    const saved = savedPeers.safeParse(parseJson(text));
    if (!saved.success) {
      this.giveUp("it does not hold a list of peers");
      return [];
    }
    const peers = saved.data.peers.flatMap((each) => parsePeer(each) ?? []);
    const bad = saved.data.peers.length - peers.length;
    if (bad > 0) this.giveUp(`${bad} of its peers have no usable name and address`);
    return peers.slice(0, PEERS_MAX);
  }

  private giveUp(why: string): void {
    this.options.onWarning(`${this.path}: ${why}; going on without`);
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
