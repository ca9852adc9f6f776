import type { ProbeConfig } from "../config.ts";
import type { MemberName, Millis } from "../member.ts";
import type { Member, MembershipTable } from "../membership/table.ts";
import { NEVER } from "../primitives/deadlines.ts";
import { type Rng, sample } from "../primitives/rng.ts";
import type { LastHeard } from "./last-heard.ts";

/**
 * Up to this many, a node that loses sight of its subjects looks at everybody for a while; beyond,
 * at so many others at a time.
 */
const WIDEN_MAX = 32;
const EXPLORED_MAX = 16;
/** In periods: a silence of all members that widens the look; how long the wide look lasts. */
const WIDEN_AFTER_SILENT_PERIODS = 1.5;
const WIDEN_FOR_PERIODS = 5;
/** In periods: how often others are looked at, and who was heard within the second stays. */
const EXPLORE_EVERY_PERIODS = 1;
const EXPLORED_HEARD_PERIODS = 2;
/** In periods: those heard within this are looked at before the others. */
const HEARD_LATELY_PERIODS = 60;

interface WiderLookParts {
  readonly config: Pick<ProbeConfig, "probeIntervalMs">;
  readonly selfName: MemberName;
  readonly rng: Rng;
  readonly table: MembershipTable;
  readonly lastHeard: LastHeard;
}

/**
 * A node that loses sight of its subjects looks further (docs/protocol.md §12, rule 2; own, shown by
 * `scenarios/crash-half.yaml`): for five periods, when half of the usual subjects are suspect or
 * silent, or no member was heard for a period and a half. Up to 32 members it looks at all others,
 * beyond at sixteen at a time, those heard lately first, until some answer.
 */
export class WiderLook {
  private widenedUntil: Millis = Number.NEGATIVE_INFINITY;
  private wasWidened = false;
  /** Beside the ring successors, while a large cluster is out of sight. */
  private others: readonly MemberName[] = [];
  private exploreAt: Millis = NEVER;
  private readonly parts: WiderLookParts;

  constructor(parts: WiderLookParts) {
    this.parts = parts;
  }

  /** Begins or ends the wider look. Returns whether others are looked at now. */
  reconsider(
    usual: readonly MemberName[],
    isUnseen: (subject: MemberName) => boolean,
    now: Millis,
  ): boolean {
    const { config, lastHeard } = this.parts;
    const period = config.probeIntervalMs;
    const heardAt = lastHeard.anybodyAt;
    const isDeaf = heardAt !== undefined && now - heardAt >= WIDEN_AFTER_SILENT_PERIODS * period;
    if (isDeaf || isBlind(usual, isUnseen)) this.widenedUntil = now + WIDEN_FOR_PERIODS * period;
    const wasWidened = this.wasWidened;
    this.wasWidened = now < this.widenedUntil;
    const isExploring = this.explore(usual, now);
    return this.wasWidened !== wasWidened || isExploring;
  }

  /** Draws others to look at, or ends that. Returns whether they are others now. */
  private explore(usual: readonly MemberName[], now: Millis): boolean {
    if (!this.wasWidened || this.mayBeAtAll) {
      const hadAny = this.others.length > 0;
      this.others = [];
      this.exploreAt = NEVER;
      return hadAny;
    }
    if (this.exploreAt !== NEVER && now < this.exploreAt) return false;
    const { config, lastHeard, table, selfName, rng } = this.parts;
    const period = config.probeIntervalMs;
    this.exploreAt = now + EXPLORE_EVERY_PERIODS * period;
    const answering = this.others.filter((name) =>
      lastHeard.heardWithin(name, EXPLORED_HEARD_PERIODS * period, now),
    );
    const known = new Set([selfName, ...usual, ...this.others]);
    const others = table.present.filter(({ name }) => !known.has(name));
    const isLate = ({ name }: Member): boolean =>
      !lastHeard.heardWithin(name, HEARD_LATELY_PERIODS * period, now);
    const free = EXPLORED_MAX - answering.length;
    const lately = sample(
      rng,
      others.filter((member) => !isLate(member)),
      free,
    );
    const rest = sample(rng, others.filter(isLate), free - lately.length);
    this.others = [...answering, ...[...lately, ...rest].map(({ name }) => name)];
    return true;
  }

  /** Those that are looked at beside the usual subjects. */
  get explored(): readonly MemberName[] {
    return this.others;
  }

  /** Whether so few are present that a wider look is at all of them. */
  get mayBeAtAll(): boolean {
    return this.parts.table.presentCount <= WIDEN_MAX;
  }

  /** Whether it is at all of them now. */
  isAtAll(now: Millis): boolean {
    return this.mayBeAtAll && now < this.widenedUntil;
  }

  /** When it may end, or others are drawn. */
  nextDeadline(): Millis {
    return Math.min(this.wasWidened ? this.widenedUntil : NEVER, this.exploreAt);
  }
}

function isBlind(
  usual: readonly MemberName[],
  isUnseen: (subject: MemberName) => boolean,
): boolean {
  let unseen = 0;
  for (const name of usual) if (isUnseen(name)) unseen++;
  return usual.length > 0 && unseen * 2 >= usual.length;
}
