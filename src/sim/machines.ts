import type { Endpoint, MemberName, MemberRecord, Millis } from "../core/member.ts";
import { firstIncarnation } from "../core/membership/first-incarnation.ts";
import type { Rng } from "../core/primitives/rng.ts";
import type { SimStartOptions } from "./sim-options.ts";

/** The wall clock's second when virtual time is 0. */
const WALL_START_SECONDS = 1_750_000_000;

const GOSSIP_PORT = 7946;

/** Addresses of machines that moved begin here; below are those that nobody left. */
const MOVED_FROM = 1 << 20;

interface Machine {
  endpoint: Endpoint;
  /** How far its wall clock is off. */
  wallOffsetMs: Millis;
  /** The highest incarnation that its data directory holds; 0: none. */
  savedIncarnation: number;
  /** Where the members were that its data directory holds. */
  savedPeers: readonly Endpoint[];
  /** Whether its name is in the name service. */
  hasAddress: boolean;
}

/**
 * What outlives a process: its address, its host's wall clock, and its data directory. By process
 * name.
 */
export class Machines {
  private readonly machines = new Map<string, Machine>();
  private readonly startIdRng: Rng;
  private moves = 0;

  constructor(startIdRng: Rng) {
    this.startIdRng = startIdRng;
  }

  /** Where a process listens, or will when it is started. */
  endpointOf(name: string): Endpoint {
    return this.machine(name).endpoint;
  }

  /** The process that listens on a host, or did first. */
  nameOf(host: string): string | undefined {
    for (const [name, { endpoint }] of this.machines) if (endpoint.host === host) return name;
    return undefined;
  }

  takeOver(name: string, endpoint: Endpoint): void {
    this.machine(name).endpoint = endpoint;
  }

  /** Sets a wall clock forward, or back. It matters at the next start: nothing else looks at it. */
  jumpWallClock(name: string, byMs: Millis): void {
    this.machine(name).wallOffsetMs += byMs;
  }

  /** The process raised its incarnation: its data directory holds it from now on. */
  saveIncarnation(name: string, incarnation: number): void {
    const machine = this.machine(name);
    machine.savedIncarnation = Math.max(machine.savedIncarnation, incarnation);
  }

  savePeers(name: string, peers: readonly Endpoint[]): void {
    if (peers.length > 0) this.machine(name).savedPeers = peers;
  }

  savedPeersOf(name: string): readonly Endpoint[] {
    return this.machine(name).savedPeers;
  }

  /** Puts a name into the name service, or takes it out: who dials it then finds no address. */
  setResolvable(name: string, isResolvable: boolean): void {
    this.machine(name).hasAddress = isResolvable;
  }

  isResolvable(name: string): boolean {
    return this.machine(name).hasAddress;
  }

  /** Gives the machine an address that nobody had. */
  move(name: string): void {
    this.moves++;
    this.machine(name).endpoint = addressOfIndex(MOVED_FROM + this.moves);
  }

  /** What a process says of itself as it starts now. */
  newRecord(name: string, options: SimStartOptions, nowMs: Millis): MemberRecord {
    const { endpoint, wallOffsetMs, savedIncarnation } = this.machine(name);
    const second = WALL_START_SECONDS + Math.floor((nowMs + wallOffsetMs) / 1000);
    const saved = options.disk === "kept" ? savedIncarnation : undefined;
    return {
      name: options.member ?? name,
      endpoint,
      startId:
        options.startId ??
        hex32(Math.max(0, Math.min(second, 0xffff_ffff))) + this.randomHex() + this.randomHex(),
      incarnation: options.incarnation ?? firstIncarnation(second, saved),
      tags: options.tags ?? {},
      services: options.services ?? [],
      api: null,
      protocol: { min: 1, max: 1 },
      takesWires: true,
    };
  }

  private machine(name: MemberName): Machine {
    let machine = this.machines.get(name);
    if (machine === undefined) {
      const endpoint = addressOfIndex(this.machines.size + 1);
      machine = {
        endpoint,
        wallOffsetMs: 0,
        savedIncarnation: 0,
        savedPeers: [],
        hasAddress: true,
      };
      this.machines.set(name, machine);
    }
    return machine;
  }

  private randomHex(): string {
    return hex32(Math.floor(this.startIdRng.next() * 0x1_0000_0000));
  }
}

function addressOfIndex(index: number): Endpoint {
  return { host: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, port: GOSSIP_PORT };
}

function hex32(value: number): string {
  return value.toString(16).padStart(8, "0");
}
