import { type NodeConfig, PROFILES } from "../../../core/config.ts";
import type { NodeEvent } from "../../../core/effect.ts";
import type { BeliefUpdate, MemberRecord } from "../../../core/member.ts";
import type { Message, MessageSizer } from "../../../core/message.ts";
import { createSwimNode } from "../../../core/node/swim-node.ts";
import { hash64 } from "../../../core/primitives/hash.ts";
import { NodeHost } from "../../../host/node-host.ts";
import { VirtualWires } from "../../../sim/tcp/virtual-wires.ts";
import { createCodec } from "../../../wire/codec.ts";
import type { CandidateOptions, CandidateProcess, RosterEntry } from "./candidate.ts";

/** The wall clock's second at virtual time 0; later starts have higher incarnations. */
const WALL_START_SECONDS = 1_750_000_000;

/** One for all processes, so that they share interned records. */
const CODEC = createCodec({ clusterLabel: "studied" });

/** What a process learns by: datagrams and what kernels tell by TCP, or datagrams alone. */
type LearnsBy = "kernels" | "datagrams";

/** A process of hearsay: the same host, core and codec as the daemon's. */
export class HearsayProcess implements CandidateProcess {
  private readonly options: CandidateOptions;
  private readonly config: { -readonly [Key in keyof NodeConfig]: NodeConfig[Key] };
  private readonly self: MemberRecord;
  private readonly wiring: VirtualWires | undefined;
  private readonly host: NodeHost;
  private isBeginning = false;

  constructor(options: CandidateOptions, learnsBy: LearnsBy) {
    const { profile, config, clock, port, rng, seeds } = options;
    this.options = options;
    const hasKernels = learnsBy === "kernels";
    const defaults = PROFILES[profile];
    this.config = hasKernels
      ? { ...defaults, ...config }
      : { ...defaults, ...config, wires: false, spies: false };
    const startSecond = WALL_START_SECONDS + Math.floor(clock.nowMs() / 1000);
    this.self = recordOf(options.self, startSecond, hasKernels);
    this.wiring = hasKernels ? this.createWires(this.self) : undefined;
    this.host = new NodeHost({
      node: createSwimNode({
        self: this.self,
        config: this.config,
        rng,
        sizer: this.sizer(),
        hasSeeds: seeds.length > 0,
      }),
      codec: {
        encode: (message) => (this.isBeginning ? UNSENT : CODEC.encode(message)),
        decode: CODEC.decode,
      },
      transport: {
        listen: (receiver) => port.listen(receiver),
        send: (datagram, to) => {
          if (datagram !== UNSENT) port.send(datagram, to);
        },
      },
      ...(this.wiring && { wiring: this.wiring }),
      clock,
      onEvent: (event) => this.tell(event),
    });
  }

  start(roster?: readonly RosterEntry[]): void {
    if (roster === undefined) this.host.start();
    else this.startKnowing(roster);
  }

  end(closePort: () => void): void {
    this.host.stop();
    if (this.wiring === undefined) closePort();
    else this.wiring.end(closePort);
  }

  private createWires({ name: member, endpoint, startId }: MemberRecord): VirtualWires {
    const { tcp: network, clock } = this.options;
    return new VirtualWires({ network, clock, endpoint, member, startId });
  }

  /**
   * Takes the roster through the node's own door. What it then owes the others is written off at
   * once: updates of no size and one send each, all of them in its first gossip.
   */
  private startKnowing(roster: readonly RosterEntry[]): void {
    const { sendsPerLog } = this.config;
    this.isBeginning = true;
    this.config.sendsPerLog = 0;
    this.host.start();
    this.hear(updatesOf(roster, this.self.takesWires));
    this.host.submit({ kind: "wakeup", stalledMs: 0 });
    this.config.sendsPerLog = sendsPerLog;
    this.isBeginning = false;
  }

  private hear(updates: Message["updates"]): void {
    const { name: sender, startId, incarnation } = recordOf(NOBODY, WALL_START_SECONDS, true);
    const header = { sender, startId, incarnation, counter: 0, stalledMs: 0 };
    const message = { header, body: { kind: "gossip" }, updates } as const;
    this.host.submit({ kind: "message", from: NOBODY.endpoint, message, bytes: 0 });
  }

  private sizer(): MessageSizer {
    const { sizer } = CODEC;
    return {
      ...sizer,
      updateBytes: (update) => (this.isBeginning ? 0 : sizer.updateBytes(update)),
    };
  }

  private tell(event: NodeEvent): void {
    const { seeds, onNews, onFrozen } = this.options;
    if (event.kind === "member-changed") onNews(event);
    if (event.kind === "accused" && event.evidence === "frozen") onFrozen(event.member);
    if (event.kind === "seeds-wanted") this.host.submit({ kind: "join", seeds });
  }
}

/** Stands for whatever a beginning node says: nobody is there to hear it. */
const UNSENT = new Uint8Array(0);
const NOBODY: RosterEntry = { name: "nobody", endpoint: { host: "0.0.0.0", port: 1 } };

const UPDATES = new WeakMap<readonly RosterEntry[], readonly BeliefUpdate[]>();

/** One list for all that begin with this roster, in the order of their tables. */
function updatesOf(roster: readonly RosterEntry[], takesWires: boolean): readonly BeliefUpdate[] {
  const known = UPDATES.get(roster);
  if (known !== undefined) return known;
  const hashes = new Map(roster.map(({ name }) => [name, hash64(name).high]));
  const updates = roster
    .toSorted((a, b) => (hashes.get(a.name) ?? 0) - (hashes.get(b.name) ?? 0))
    .map((entry): BeliefUpdate => {
      const record = recordOf(entry, WALL_START_SECONDS, takesWires);
      return { kind: "belief", record, state: "alive", ageMs: 0, by: entry.name };
    });
  UPDATES.set(roster, updates);
  return updates;
}

const RECORDS = new Map<string, MemberRecord>();

/** The same object each time: thousands of tables hold it. */
function recordOf(
  { name, endpoint }: RosterEntry,
  startSecond: number,
  takesWires: boolean,
): MemberRecord {
  const key = `${name}@${startSecond}${takesWires ? "" : ", datagrams alone"}`;
  const known = RECORDS.get(key);
  if (known !== undefined) return known;
  const record: MemberRecord = {
    ...{ name, endpoint, startId: startIdOf(name, startSecond), incarnation: startSecond },
    ...{ tags: {}, services: [], api: null, protocol: { min: 1, max: 1 }, takesWires },
  };
  RECORDS.set(key, record);
  return record;
}

function startIdOf(name: string, startSecond: number): string {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) >>> 0;
  return hex32(startSecond) + hex32(hash) + hex32(startSecond ^ hash);
}

function hex32(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
