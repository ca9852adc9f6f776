import type { Millis, NotYet } from "../../core/member.ts";
import type { NodeSnapshot } from "../../core/snapshot.ts";
import {
  type Explain,
  type HostsByMember,
  hostsByMember,
  type InstancesByService,
  instancesByService,
} from "./instances.ts";

/** What a node knew of all services at one moment. */
export interface DirectorySnapshot {
  readonly atMs: Millis;
  readonly instances: InstancesByService;
  /** Put together when it is asked for. */
  readonly hosts: () => HostsByMember;
  readonly isIsolated: boolean;
  /** Why members may be missing; null when the view is whole. */
  readonly notYet: NotYet | null;
  readonly phiSuspect: number;
}

/** What the snapshots are taken of. */
export interface DirectorySnapshotsOptions {
  snapshot(): NodeSnapshot;
  readonly explain: Explain;
  /** Monotonic. */
  nowMs(): Millis;
  /** How long a dead member's endpoints stay known. */
  readonly deadKnownMs: Millis;
}

/** A snapshot this old is taken anew: phi moves with time, and an answer may lag by as much. */
const FRESH_MS: Millis = 100;
/** Up to so many members a snapshot is taken anew after each change. */
const MEMBERS_CHEAP = 500;
/** For each member of more, so that a flood of changes costs about a tenth of the time. */
const REST_MS_EACH: Millis = 0.05;
const REST_MS_MAX: Millis = 250;

/** Keeps what a node knows of all services, and takes it anew when it is out of date: of a large cluster not after each change. */
export class DirectorySnapshots {
  private readonly options: DirectorySnapshotsOptions;
  private latest: DirectorySnapshot | undefined;
  private isOutdated = false;
  private restMs: Millis = 0;

  constructor(options: DirectorySnapshotsOptions) {
    this.options = options;
  }

  /** Something happened: the snapshot is another one. */
  outdate(): void {
    this.isOutdated = true;
  }

  /** How long `current` still gives a snapshot without the last change; undefined where there is none such. */
  get lacksChangeForMs(): Millis | undefined {
    if (!this.isOutdated || this.latest === undefined) return undefined;
    return Math.max(0, this.latest.atMs + this.restMs - this.options.nowMs());
  }

  current(): DirectorySnapshot {
    const nowMs = this.options.nowMs();
    const keptMs = this.isOutdated ? this.restMs : FRESH_MS;
    if (this.latest !== undefined && nowMs - this.latest.atMs < keptMs) return this.latest;
    const { explain, deadKnownMs } = this.options;
    const snapshot = this.options.snapshot();
    const { length } = snapshot.members;
    this.restMs = length <= MEMBERS_CHEAP ? 0 : Math.min(REST_MS_MAX, length * REST_MS_EACH);
    this.isOutdated = false;
    this.latest = {
      atMs: nowMs,
      instances: instancesByService(snapshot, deadKnownMs, explain),
      hosts: once(() => hostsByMember(snapshot)),
      isIsolated: snapshot.isolated,
      notYet: snapshot.notYet,
      phiSuspect: snapshot.phiSuspect,
    };
    return this.latest;
  }
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
