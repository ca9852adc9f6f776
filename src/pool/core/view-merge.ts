import { isPresent, type MemberName, type Millis } from "../../core/member.ts";
import { NEVER } from "../../core/primitives/deadlines.ts";
import type { PushPull, PushPullState } from "../wire/messages.ts";
import { UNHEARD } from "./declarers.ts";
import type { DropCounts } from "./drop-counts.ts";
import type { Goodbyes } from "./goodbyes.ts";
import type { PoolAccusers } from "./pool-accusers.ts";
import type { PoolBeliefs, Said } from "./pool-beliefs.ts";
import type { PoolConfig } from "./pool-config.ts";
import type { PoolOutbox } from "./pool-outbox.ts";
import type { PoolReader } from "./pool-reader.ts";
import type { PoolRow } from "./pool-row.ts";
import { OPINIONS_MAX, type PoolTable } from "./pool-table.ts";

/** In periods: so new a member, or an incarnation, need not be in every view. */
const NEWCOMER_PERIODS = 5;
/** In periods: what a viewer said longer ago is not counted. */
const FRESH_PERIODS = 15;
/** In periods: a suspicion that the pool should have settled so long ago is over. */
const SETTLED_PERIODS = 2;
/** Entries that one step takes in; the rest of a long view waits for the next turn of the event loop. */
const ENTRIES_AT_ONCE = 100;
/** Views that wait at once; a further one is dropped, and asked for again some day. */
const WAITING_MAX = 8;
/** Viewers that end a member of which this guest knows nothing, as in a pool too large to ping all. */
const VIEWERS_TO_END = 2;
/** In periods: so long a view must differ before that is reported. */
const DIFFERS_PERIODS = 3;
const DIFFERING_MAX = 1024;

interface ViewMergeParts {
  readonly config: PoolConfig;
  readonly reader: PoolReader;
  readonly table: PoolTable;
  readonly beliefs: PoolBeliefs;
  readonly accusers: PoolAccusers;
  readonly goodbyes: Goodbyes;
  readonly outbox: PoolOutbox;
  readonly drops: DropCounts;
  readonly settleLeaving: (members: readonly MemberName[], now: Millis) => void;
  /** Whether the member is pinged, and does not answer or is refused. */
  readonly isInDoubt: (member: MemberName, now: Millis) => boolean;
  /** Whether a view was merged before: what is new since has joined. */
  readonly isWhole: () => boolean;
}

/** A view that came. */
export interface MergedView {
  /** Null where the viewer's name is not known. */
  readonly viewer: MemberName | null;
  readonly view: PushPull;
  readonly askedAt: Millis;
  /** All of it is taken in. */
  readonly onMerged: (now: Millis) => void;
}

/** How far a view is taken in. */
interface Merging {
  readonly source: MergedView;
  /** Entries that are read; of the others the names alone. */
  readonly max: number;
  next: number;
  readonly seen: Set<MemberName>;
  /** Members that the engine says have left, those that wait. */
  readonly leaving: MemberName[];
  /** Members that the view lacks, those that wait; undefined before all entries are taken in. */
  unseen: PoolRow[] | undefined;
  readonly reason: string;
  /** Of those who are new in the table. */
  readonly cause: "joined" | "reported";
}

/**
 * Takes over what one member's whole view says. Gossip that this guest did not hear shows there,
 * without its author. A view is one member's word. It ends a member that does not answer this guest
 * either; of one that does, most viewers must have it as over, and of one that is not pinged two. So
 * a lone member, cut off from all others or new, does not talk the guest out of them.
 */
export class ViewMerge {
  private readonly parts: ViewMergeParts;
  /** Viewers whose views differ, since when, and whether that was reported. */
  private readonly differing = new Map<MemberName, { readonly since: Millis; isTold: boolean }>();

  /** Views that are taken in one after the other, the first of them in part. */
  private readonly waiting: Merging[] = [];

  constructor(parts: ViewMergeParts) {
    this.parts = parts;
  }

  /** Takes in the beginning of the view, or all of it, unless other views wait. */
  merge(view: MergedView, now: Millis): void {
    const { waiting } = this;
    if (waiting.length >= WAITING_MAX) {
      this.parts.drops.add("views-waiting");
      return;
    }
    waiting.push(this.begin(view, now));
    if (waiting.length === 1) this.wake(now);
  }

  /** Takes in some more. */
  wake(now: Millis): void {
    const [merging] = this.waiting;
    if (merging === undefined || !this.advance(merging, now)) return;
    this.waiting.shift();
    const { viewer } = merging.source;
    if (viewer !== null) this.compare(viewer, now);
    merging.source.onMerged(now);
  }

  nextDeadline(): Millis {
    return this.waiting.length === 0 ? NEVER : Number.NEGATIVE_INFINITY;
  }

  /** A member was heard to gossip that another one is dead: it has it as over. */
  hearOpinion(viewer: MemberName, row: PoolRow, incarnation: number, now: Millis): void {
    this.hold(row, viewer, true, incarnation, now);
  }

  private begin(source: MergedView, now: Millis): Merging {
    const { reader, goodbyes, isWhole, config, drops } = this.parts;
    const { view, viewer } = source;
    const leaving = [...(reader.leaving?.inUserState(view.userState) ?? [])];
    goodbyes.note(leaving, now);
    const max = config.membersMax + config.endedMax;
    if (view.members.length > max) drops.add("view-too-long", view.members.length - max);
    return {
      ...{ source, leaving, max, next: 0, seen: new Set(), unseen: undefined },
      reason: viewer === null ? "in the pool's view" : `in the view of ${viewer}`,
      cause: isWhole() ? "joined" : "reported",
    };
  }

  /** Some more entries, then those that have left, then members that the view lacks; whether that was all. */
  private advance(merging: Merging, now: Millis): boolean {
    const { table, settleLeaving } = this.parts;
    const { source, seen, leaving } = merging;
    const { members } = source.view;
    const end = Math.min(members.length, merging.next + ENTRIES_AT_ONCE);
    for (; merging.next < end; merging.next++) {
      const entry = members[merging.next];
      if (entry === undefined) continue;
      seen.add(entry.record.name);
      // Beyond the limit a name is only known to be in the view.
      if (merging.next < merging.max) this.take(merging, entry, now);
    }
    if (end < members.length) return false;
    settleLeaving(leaving.splice(0, ENTRIES_AT_ONCE), now);
    if (leaving.length > 0) return false;
    merging.unseen ??= table.present.filter(({ name }) => !seen.has(name));
    for (const row of merging.unseen.splice(0, ENTRIES_AT_ONCE)) {
      if (now - row.knownSince < this.newcomerMs) continue;
      this.hold(row, source.viewer, true, row.incarnation, now);
    }
    return merging.unseen.length === 0;
  }

  private get newcomerMs(): Millis {
    return NEWCOMER_PERIODS * this.parts.config.probeIntervalMs;
  }

  private take(merging: Merging, { record, state }: PushPullState, now: Millis): void {
    const { beliefs, table, goodbyes } = this.parts;
    const { viewer, askedAt } = merging.source;
    const { name, incarnation } = record;
    const isOver = state === "dead" || state === "left";
    const known = table.get(name);
    if (!isOver) {
      beliefs.alive(record, saidOf(name, merging), now);
      const row = table.get(name);
      if (row === undefined) return;
      if (state === "suspect") {
        beliefs.suspect({ member: name, incarnation, by: UNHEARD, viewer }, now);
      }
      // What was said before we heard of the later incarnation is old, and no restart.
      if (viewer === name && row.incarnationSince <= askedAt) beliefs.restarted(record, now);
      this.hold(row, viewer, false, incarnation, now);
      this.vouch(row, { record, state }, viewer, now);
    } else if (known === undefined) {
      const isLeft = state === "left" || goodbyes.isLeaving(name);
      beliefs.addEnded(record, isLeft ? "left" : "dead", saidOf(UNHEARD, merging), now);
    } else if (state === "left") beliefs.dead(name, incarnation, name, now);
    else this.hold(known, viewer, true, incarnation, now);
  }

  /** Notes the opinion, and acts on what the opinions are now. */
  private hold(
    row: PoolRow,
    viewer: MemberName | null,
    isOver: boolean,
    incarnation: number,
    now: Millis,
  ): void {
    const { table, beliefs, goodbyes } = this.parts;
    // Gossip of a later incarnation may still be on its way to the viewer.
    const isLate = incarnation < row.incarnation;
    if (isLate && now - row.incarnationSince < this.newcomerMs) return;
    if (viewer !== row.name) table.noteOpinion(row, viewer ?? UNHEARD, isOver, now);
    if (!isOver || !isPresent(row.state)) return;
    const isEnough = isLate || beliefs.isHeard(row, now) ? this.isOverToMost : this.isOverToSome;
    if (!isEnough.call(this, row, now)) return;
    if (goodbyes.isLeaving(row.name)) beliefs.left(row.name, row.incarnation, now);
    else beliefs.deadByViews(row, incarnation, now);
  }

  /** A viewer has the member as alive that is dead or suspect here. */
  private vouch(
    row: PoolRow,
    { record, state }: PushPullState,
    viewer: MemberName | null,
    now: Millis,
  ): void {
    const { beliefs, accusers, config } = this.parts;
    if (state !== "alive" || viewer === row.name) return;
    const { over, present } = this.opinionsOf(row, now);
    if (row.state === "dead") {
      const isLate = now - row.since >= this.newcomerMs;
      const isHeard = (row.heardAt ?? Number.NEGATIVE_INFINITY) > row.since;
      if (isLate && isHeard && present > over) beliefs.aliveByViews(record, now);
    } else if (row.state === "suspect") {
      const deadAt = accusers.deadAt(row.name) ?? now;
      const isSettled = now - deadAt >= SETTLED_PERIODS * config.probeIntervalMs;
      if (isSettled && present > over) beliefs.clear(row, now);
    }
  }

  private isOverToMost(row: PoolRow, now: Millis): boolean {
    const { over, present } = this.opinionsOf(row, now);
    const others = Math.min(OPINIONS_MAX, this.parts.table.presentCount - 1);
    return over > present && over * 2 > others;
  }

  /** One word is enough of a member that does not answer; where nothing is known of that, two. */
  private isOverToSome(row: PoolRow, now: Millis): boolean {
    const { isInDoubt, table } = this.parts;
    if (isInDoubt(row.name, now)) return true;
    const { over, present } = this.opinionsOf(row, now);
    return present === 0 && over >= Math.min(VIEWERS_TO_END, table.presentCount - 1);
  }

  /** Only those count that are present themselves. */
  private opinionsOf(
    row: PoolRow,
    now: Millis,
  ): { readonly over: number; readonly present: number } {
    const freshMs = FRESH_PERIODS * this.parts.config.probeIntervalMs;
    let over = 0;
    let present = 0;
    for (const [viewer, { isOver, at }] of row.opinions) {
      if (now - at > freshMs || !this.isPresentViewer(viewer)) continue;
      if (isOver) over++;
      else present++;
    }
    return { over, present };
  }

  private isPresentViewer(viewer: MemberName): boolean {
    if (viewer === UNHEARD) return true;
    const row = this.parts.table.get(viewer);
    return row !== undefined && isPresent(row.state);
  }

  /** Reports a viewer that has believed something else than the table for a while. */
  private compare(viewer: MemberName, now: Millis): void {
    const { table, outbox, config } = this.parts;
    const differs = table.present.some((row) => row.opinions.get(viewer)?.isOver === true);
    if (!differs) {
      this.differing.delete(viewer);
      return;
    }
    const episode = this.differing.get(viewer);
    if (episode === undefined) {
      if (this.differing.size < DIFFERING_MAX) {
        this.differing.set(viewer, { since: now, isTold: false });
      }
    } else if (!episode.isTold && now - episode.since >= DIFFERS_PERIODS * config.probeIntervalMs) {
      episode.isTold = true;
      outbox.emit({ kind: "view-differs", member: viewer });
    }
  }
}

function saidOf(by: MemberName, { reason, cause }: Merging): Said {
  return { by, cause: by === UNHEARD ? "reported" : cause, reason };
}
