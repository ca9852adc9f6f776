/** The share is never taken smaller: a calm past promises nothing. */
const SHARE_MIN = 0.1;
/** Nor larger: beyond, no number of pings tells anything in time. */
const SHARE_MAX = 0.6;
/** Weight of one ping. */
const GAIN = 1 / 32;
/** Of one outage so many pings are learned at most: else it would slow the looks after it. */
const LOST_AT_ONCE_MAX = 3;
/** From this share on a link counts as one that loses. */
const SHARE_LOSING = 0.2;
const PINGS_MIN = 3;
const PINGS_MAX = 16;

/**
 * A look: the share of one subject's pings that stay unanswered though it lives, and so how many
 * unanswered ones in a row are needed to doubt that it does (docs/protocol.md §12, rule 41; own,
 * shown by `scenarios/lossy-30.yaml`). `Prober` sends them, where spies can tell (`Spies.canTell`);
 * then `Rounds` begins a round, unless the subject is only slow.
 */
export class PingLoss {
  private share = SHARE_MIN;

  /** A ping was answered; so many before it, since the last answer, were not. */
  onAnswered(lost: number): void {
    for (let i = 0; i < Math.min(LOST_AT_ONCE_MAX, lost); i++) this.learn(1);
    this.learn(0);
  }

  /** Whether so many pings stay unanswered that it takes many to doubt the subject. */
  get isLosing(): boolean {
    return this.share > SHARE_LOSING;
  }

  /** Pings in a row whose silence has a chance below 10^-phi. */
  pingsToDoubt(phi: number): number {
    const pings = Math.ceil(phi / -Math.log10(this.shareTaken));
    return Math.min(PINGS_MAX, Math.max(PINGS_MIN, pings));
  }

  /**
   * How surprising it is that a ping is open still, given how likely an answer is to take longer: it
   * may have been lost as well.
   */
  phiOfOpen(chanceOfLater: number): number {
    const share = this.shareTaken;
    return -Math.log10(share + (1 - share) * chanceOfLater);
  }

  private get shareTaken(): number {
    return Math.min(SHARE_MAX, Math.max(SHARE_MIN, this.share));
  }

  private learn(lost: 0 | 1): void {
    this.share += GAIN * (lost - this.share);
  }
}
