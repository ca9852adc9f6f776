import { isPresent, type MemberName, type Millis } from "../../core/member.ts";
import { CutOff } from "./cut-off.ts";
import { Declarers } from "./declarers.ts";
import { DropCounts } from "./drop-counts.ts";
import { Goodbyes } from "./goodbyes.ts";
import { Listener } from "./listener.ts";
import { PathProber } from "./path-prober.ts";
import { Paths } from "./paths.ts";
import { PoolAccusers } from "./pool-accusers.ts";
import { PoolBeliefs } from "./pool-beliefs.ts";
import { PoolOutbox } from "./pool-outbox.ts";
import { PoolProber } from "./pool-prober.ts";
import { PoolPulls } from "./pool-pulls.ts";
import { PoolRequests } from "./pool-requests.ts";
import type { PoolRow } from "./pool-row.ts";
import { PoolTable } from "./pool-table.ts";
import type { PoolWatchOptions } from "./pool-watch.ts";
import { ViewMerge } from "./view-merge.ts";

/** In periods: what was asked longer ago is not waited for, but a late ack still tells its round trip. */
const REQUESTS_KEPT_PERIODS = 20;

/** In periods: how long ago a path may have been seen to lose much. */
const LOSING_PERIODS = 15;

/** The parts of a watcher, and who of them asks whom. */
export class PoolComponents {
  readonly options: PoolWatchOptions;
  readonly outbox = new PoolOutbox();
  readonly drops = new DropCounts();
  readonly paths = new Paths();
  readonly table: PoolTable;
  readonly accusers: PoolAccusers;
  readonly goodbyes: Goodbyes;
  readonly declarers: Declarers;
  readonly requests: PoolRequests;
  readonly prober: PoolProber;
  readonly pathProber: PathProber;
  readonly listener: Listener;
  readonly pulls: PoolPulls;
  readonly beliefs: PoolBeliefs;
  readonly views: ViewMerge;
  readonly cutOff: CutOff;
  private isLosing = false;
  private pathsSeenAt: Millis = Number.NEGATIVE_INFINITY;

  constructor(options: PoolWatchOptions, isWhole: () => boolean) {
    const { self, config, rng, reader } = options;
    const { outbox, drops, paths } = this;
    this.options = options;
    const table = new PoolTable({ config, reader, selfName: self.name });
    const accusers = new PoolAccusers(config);
    const goodbyes = new Goodbyes(config, reader);
    const declarers = new Declarers({ config, table, outbox });
    const requests = new PoolRequests(rng, REQUESTS_KEPT_PERIODS * config.probeIntervalMs);
    const prober: PoolProber = new PoolProber({
      ...{ config, table, requests, outbox },
      onRefused: (member, now) => this.onRefused(member, now),
    });
    const pingBeside = (row: PoolRow, now: Millis): void => prober.pingBeside(row, now);
    const pathProber = new PathProber({
      ...{ config, table, paths, requests, outbox },
      mayHelp: (member, now) => !prober.isInDoubt(member, now),
      pingBeside,
    });
    this.listener = new Listener({
      ...{ config, table, pingBeside },
      isAnswering: (member, now) => !prober.isInDoubt(member, now),
      isInTrouble: (now) => this.isInTrouble(now),
    });
    const pulls = new PoolPulls({
      ...{ config, table, outbox },
      isAnswering: (member, now) => !prober.isInDoubt(member, now),
      isInTrouble: (now) => this.isInTrouble(now),
    });
    const beliefs = new PoolBeliefs({
      ...{ config, table, accusers, goodbyes, declarers, outbox, drops },
      selfName: self.name,
      phi: (member, now) => prober.phi(member, now),
      onSuspected: (member, now) => {
        pathProber.askAllAbout(member);
        pulls.quicken(now);
      },
      onUnsettled: (now) => pulls.hurry(now),
    });
    this.views = new ViewMerge({
      ...{ config, reader, table, beliefs, accusers, goodbyes, outbox, drops, isWhole },
      isInDoubt: (member, now) => prober.isInDoubt(member, now),
      settleLeaving: (members, now) => this.settleLeaving(members, now),
    });
    this.cutOff = new CutOff({
      ...{ config, outbox },
      pinged: () => prober.size,
      refused: () => prober.refusedCount,
      failure: () => pulls.failure,
    });
    this.table = table;
    this.accusers = accusers;
    this.goodbyes = goodbyes;
    this.declarers = declarers;
    this.requests = requests;
    this.prober = prober;
    this.pathProber = pathProber;
    this.pulls = pulls;
    this.beliefs = beliefs;
  }

  /** Nothing is known of the member any more. */
  forget(member: MemberName): void {
    this.accusers.forget(member);
    this.pulls.forget(member);
  }

  /** The engine says that these leave; memberlist may have said before that they are dead. */
  settleLeaving(members: readonly MemberName[], now: Millis): void {
    for (const member of members) {
      const row = this.table.get(member);
      if (row === undefined) continue;
      if (row.state === "dead" || this.goodbyes.isAwaited(member)) {
        this.beliefs.left(member, row.incarnation, now);
      }
    }
  }

  /** Members that went by their own word, of which the engine said nothing. */
  settleGoodbyes(now: Millis): void {
    for (const member of this.goodbyes.takeOverdue(now)) {
      const row = this.table.get(member);
      if (row === undefined || !isPresent(row.state)) continue;
      const reason = "stopped without the goodbye of its engine";
      const said = { by: member, cause: "reported", reason } as const;
      this.beliefs.end(row, "dead", row.incarnation, said, now);
    }
  }

  /**
   * Nobody is heard any more. Where every member's host says that its process is gone, no member is
   * left to declare them: then this guest's own evidence counts.
   */
  onCutOff(now: Millis): void {
    const { table, prober, beliefs, pulls, options, cutOff } = this;
    pulls.onCutOff(now);
    if (cutOff.why !== "refused") return;
    const reason = "its host says that its process is gone, and no member is left to declare it";
    const said = { by: options.self.name, cause: "refusal", reason } as const;
    for (const row of table.present) {
      if (prober.isRefused(row.name)) beliefs.end(row, "dead", row.incarnation, said, now);
    }
  }

  /** Whether the pool is about to change, or somebody in it does not answer. */
  private isInTrouble(now: Millis): boolean {
    const { accusers, goodbyes, declarers, prober } = this;
    if (accusers.count > 0 || goodbyes.isWaiting || declarers.isWaiting) return true;
    for (const name of prober.names) if (prober.isInDoubt(name, now)) return true;
    return this.isAnyPathLosing(now);
  }

  /** Looked at once a period: a large pool has thousands of paths. */
  private isAnyPathLosing(now: Millis): boolean {
    const { probeIntervalMs } = this.options.config;
    if (now >= this.pathsSeenAt + probeIntervalMs) {
      this.pathsSeenAt = now;
      this.isLosing = this.paths.isAnyLosing(LOSING_PERIODS * probeIntervalMs, now);
    }
    return this.isLosing;
  }

  /** This guest's own evidence, and a fact: the pool will find out by itself. */
  private onRefused(member: MemberName, now: Millis): void {
    const { table, outbox, options, prober, pulls } = this;
    const row = table.get(member);
    if (row === undefined) return;
    outbox.emit({
      ...{ kind: "accused", member, accuser: options.self.name, evidence: "refused" },
      ...{ incarnation: row.incarnation, phi: prober.phi(member, now) ?? 0 },
    });
    pulls.hurry(now);
  }
}
