import type { ObservedCluster } from "../cluster/observe/observed-cluster.ts";
import type { MemberName } from "../core/member.ts";

/**
 * Counts who is suspected and who is called dead from now on, in all views; where nobody is harmed, each is false.
 *
 * @param of the members that count; all unless given
 */
export class Doubts {
  /** Changes to suspect. */
  suspicions = 0;
  /** Those of them that the viewer found out itself. */
  suspicionsFound = 0;
  /** Changes to dead. */
  deaths = 0;
  /** Counts no more. */
  readonly stop: () => void;

  constructor(cluster: ObservedCluster, of?: readonly MemberName[]) {
    this.stop = cluster.observe({
      onObservation: (_, changes) => {
        for (const { viewer, member, to, by } of changes) {
          if (of?.includes(member) === false) continue;
          if (to === "suspect") this.suspicions++;
          if (to === "suspect" && by === viewer) this.suspicionsFound++;
          if (to === "dead") this.deaths++;
        }
      },
    });
  }
}
