/** Lifeguard's local health multiplier (LHA-Probe, §IV-A): 0 is healthy. */
export class Awareness {
  private readonly scoreEnd: number;
  private current = 0;

  /** The score stays below `scoreEnd`. */
  constructor(scoreEnd: number) {
    this.scoreEnd = scoreEnd;
  }

  get score(): number {
    return this.current;
  }

  apply(delta: number): void {
    this.current = Math.min(this.scoreEnd - 1, Math.max(0, this.current + delta));
  }
}
