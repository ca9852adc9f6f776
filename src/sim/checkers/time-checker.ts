import type { Report } from "./checker.ts";
import type { TimeBounds } from "./time-bounds.ts";
import type { World } from "./world.ts";

/** What checkers of things that must be known in time have: bounds, and the world that they measure views by. */
export abstract class TimeChecker {
  protected readonly bounds: TimeBounds;
  protected readonly world: World;
  protected readonly report: Report;

  constructor(bounds: TimeBounds, world: World, report: Report) {
    this.bounds = bounds;
    this.world = world;
    this.report = report;
  }
}
