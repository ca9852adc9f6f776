import type { MemberName, Millis } from "../../core/member.ts";
import { formatMillis } from "../../text/quantities.ts";
import type { TimedKnowledge } from "./detection-times.ts";
import type { ObservedCluster } from "./observed-cluster.ts";

interface Sample {
  readonly viewer: string | null;
  readonly member: MemberName | null;
  readonly tookMs: Millis;
}

/** Tells who knew of the last action, and after how long, as it becomes known. The clock starts with the action itself. */
export class Stopwatch {
  private readonly cluster: ObservedCluster;
  private stop: () => void = () => undefined;

  constructor(cluster: ObservedCluster) {
    this.cluster = cluster;
  }

  /**
   * Times `action` (`n3 killed`), just before it is done, until the next one. `onReading` gets
   * `n3 killed; n4 knew after 112 ms, 3 of 4 so far`, and in the end `…, all 4 after 141 ms`.
   *
   * @param member the one that it is done to
   */
  time(
    action: string,
    what: TimedKnowledge,
    member: MemberName,
    onReading: (text: string) => void,
  ): void {
    const { cluster } = this;
    this.stop();
    const { length } = cluster.times.samplesOf(what);
    let told = 0;
    this.stop = cluster.observe({
      onObservation: () => {
        const samples = cluster.times
          .samplesOf(what)
          .slice(length)
          .filter((sample) => sample.member === member);
        if (samples.length === told) return;
        told = samples.length;
        const viewers = cluster.viewers([member]).length;
        onReading(`${action}; ${describeSamples(samples, what, viewers)}`);
      },
    });
  }
}

/** `n4 knew after 112 ms, all 4 after 141 ms`. */
export function describeSamples(
  samples: readonly Sample[],
  what: TimedKnowledge,
  viewers: number,
): string {
  const sorted = [...samples].sort((a, b) => a.tookMs - b.tookMs);
  const [first] = sorted;
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) return "nobody knows yet";
  const verb = what === "back" ? "saw it" : "knew";
  const began = `${first.viewer} ${verb} after ${formatMillis(first.tookMs)}`;
  if (sorted.length < viewers) return `${began}, ${sorted.length} of ${viewers} so far`;
  return sorted.length === 1
    ? began
    : `${began}, all ${sorted.length} after ${formatMillis(last.tookMs)}`;
}
