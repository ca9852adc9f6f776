/**
 * A number so far ahead of a window was forged, or its sender seldom speaks to this node: it begins
 * another window.
 */
const FAR = 4096;

/** How the numbers of one kind of message are told apart from replays. */
export interface ReplayRule {
  /**
   * How far behind the newest number of its window a number can be and still be told apart from a
   * replay. A power of two, 32 or more.
   */
  readonly width: number;
  /** How far `a` is ahead of `b`; negative if it is behind. */
  readonly distance: (a: number, b: number) => number;
  /** Which of two windows with equally many numbers stays when a third one begins. */
  readonly staysOnTie: "older" | "newer";
}

interface Window {
  highest: number;
  /**
   * Bit `n mod width`, in words of 32: the number n, at most `width` behind the highest, was seen.
   */
  readonly seen: number[];
  /** Numbers that were new in it. */
  count: number;
}

/**
 * The numbers that one run of a process used already. Each is accepted once. One window, or two
 * after a jump: so a forged number far ahead silences no sender, because the window in use stays as
 * it is.
 */
export class ReplayWindow {
  private windows: readonly Window[];
  private readonly rule: ReplayRule;

  constructor(first: number, rule: ReplayRule) {
    this.rule = rule;
    this.windows = [newWindow(first, rule)];
  }

  /** Whether the number is new, and not too old to know. Remembers it as seen. */
  accepts(number: number): boolean {
    const { rule } = this;
    const isNear = ({ highest }: Window): boolean =>
      Math.abs(rule.distance(number, highest)) <= FAR;
    const near = this.windows.find(isNear);
    if (near !== undefined) return advance(near, number, rule);
    const busiest = this.windows.reduce((a, b) => (this.staysBefore(b, a) ? b : a));
    if (rule.distance(number, busiest.highest) < 0) return false;
    this.windows = [busiest, newWindow(number, rule)];
    return true;
  }

  private staysBefore(newer: Window, older: Window): boolean {
    if (newer.count !== older.count) return newer.count > older.count;
    return this.rule.staysOnTie === "newer";
  }
}

function newWindow(first: number, { width }: ReplayRule): Window {
  const window = { highest: first, seen: new Array<number>(width / 32).fill(0), count: 1 };
  mark(window, first, width);
  return window;
}

/**
 * Slides the window to the number if it is ahead, and says whether it was unseen and not too old.
 */
function advance(window: Window, number: number, { width, distance }: ReplayRule): boolean {
  const ahead = distance(number, window.highest);
  if (ahead <= -width) return false;
  if (ahead > 0) {
    forgetBetween(window, ahead, width);
    window.highest = number;
  } else if (isMarked(window, number, width)) return false;
  mark(window, number, width);
  window.count++;
  return true;
}

/** The places of the numbers that were passed over were those of numbers too old by now. */
function forgetBetween(window: Window, ahead: number, width: number): void {
  if (ahead >= width) window.seen.fill(0);
  else for (let by = 1; by <= ahead; by++) unmark(window, window.highest + by, width);
}

function isMarked({ seen }: Window, number: number, width: number): boolean {
  const place = number & (width - 1);
  return ((seen[place >>> 5] as number) & (1 << (place & 31))) !== 0;
}

function mark({ seen }: Window, number: number, width: number): void {
  const place = number & (width - 1);
  seen[place >>> 5] = (seen[place >>> 5] as number) | (1 << (place & 31));
}

function unmark({ seen }: Window, number: number, width: number): void {
  const place = number & (width - 1);
  seen[place >>> 5] = (seen[place >>> 5] as number) & ~(1 << (place & 31));
}
