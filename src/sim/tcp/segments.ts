import type { Rng } from "../../core/primitives/rng.ts";
import type { EventHeap } from "../event-heap.ts";
import type { HostPower } from "../host-power.ts";
import type { Paths } from "../paths.ts";

/** What became of the segments that kernels sent. */
export interface SegmentCounters {
  sent: number;
  arrived: number;
  lost: number;
  rejected: number;
}

interface SegmentsOptions {
  readonly heap: EventHeap;
  readonly rng: Rng;
  readonly paths: Paths;
  readonly power: HostPower;
}

/** A filter stands beside its host. */
const REJECTED_AFTER_MS = 0.2;

/** TCP's segments, each alone: they travel as datagrams do, whatever their size. */
export class Segments {
  readonly counters: SegmentCounters = { sent: 0, arrived: 0, lost: 0, rejected: 0 };
  private readonly options: SegmentsOptions;

  constructor(options: SegmentsOptions) {
    this.options = options;
  }

  /**
   * From kernel to kernel: one that is paused sends when it goes on, and what comes for it is lost.
   * `rejected` is told where a filter refuses it on its way out.
   */
  send(from: string, to: string, arrive: () => void, rejected?: () => void): void {
    const { power } = this.options;
    power.whenOn(from, () => {
      this.pass(
        from,
        to,
        () => {
          if (power.isSilent(to)) this.counters.lost++;
          else {
            this.counters.arrived++;
            arrive();
          }
        },
        rejected,
      );
    });
  }

  /** The same where something beside the hosts may have sent it, or may take it. */
  pass(from: string, to: string, arrive: () => void, rejected?: () => void): void {
    const { heap, rng, paths } = this.options;
    const { counters } = this;
    const parcel = { from, to, rng };
    const reject = (): void => {
      counters.rejected++;
      if (rejected !== undefined) heap.at(heap.nowMs + REJECTED_AFTER_MS, rejected);
    };
    const leave = (): void => {
      const link = paths.links.get(from, to);
      if (link?.isRejecting === true) reject();
      else if (link?.dropsTcp === true) counters.lost++;
      else if (paths.travel(parcel, arrive) !== undefined) counters.lost++;
    };
    counters.sent++;
    paths.passFaults(parcel, leave, (_, isRejected) => {
      if (isRejected) reject();
      else counters.lost++;
    });
  }
}
