import type { MemberName } from "../../../core/member.ts";
import type { BenchmarkCluster, ViewChange } from "./benchmark-cluster.ts";
import type { Measures } from "./measures.ts";

/**
 * Counts the living that were called dead. A member that a trial ever did something to counts as
 * faulty for all of it, as viewer and as subject: what it says of others, and others of it, is
 * kept apart from what healthy nodes say of each other (Lifeguard's FP-, §V).
 */
export class FalseDeathTally {
  private readonly cluster: BenchmarkCluster;
  private readonly faulty = new Set<MemberName>();
  private readonly faultyDead = new Set<MemberName>();
  private readonly deaths = new Set<string>();
  private views = 0;
  private viewsAtHealthy = 0;
  private returns = 0;

  constructor(cluster: BenchmarkCluster) {
    this.cluster = cluster;
    cluster.listen({ onChange: (news) => this.take(news) });
  }

  /** Something is about to be done to this member. */
  markFaulty(name: MemberName): void {
    this.faulty.add(name);
  }

  report(measures: Pick<Measures, "count">): void {
    measures.count("falseDeaths", this.deaths.size);
    measures.count("falseViews", this.views);
    measures.count("falseViewsAtHealthy", this.viewsAtHealthy);
    measures.count("faulty", this.faulty.size);
    measures.count("faultyDead", this.faultyDead.size);
    measures.count("returns", this.returns);
  }

  private take({ viewer, member, from, to, incarnation }: ViewChange): void {
    const isHealthyViewer = !this.faulty.has(viewer);
    if (from === "dead" && to === "alive" && isHealthyViewer) this.returns++;
    if (to !== "dead" || !this.cluster.isRunning(member)) return;
    if (this.cluster.isApart(viewer, member)) return;
    if (this.faulty.has(member)) {
      if (isHealthyViewer) this.faultyDead.add(member);
      return;
    }
    this.deaths.add(`${member}@${incarnation}`);
    this.views++;
    if (isHealthyViewer) this.viewsAtHealthy++;
  }
}
