import type { MemberName, Millis } from "../../../core/member.ts";
import type { BenchmarkCluster } from "./benchmark-cluster.ts";

interface Watched {
  readonly diedMs: Millis;
  /** Survivors that do not know yet. */
  readonly ignorant: Set<MemberName>;
  firstMs: Millis | undefined;
  lastMs: Millis;
}

/** Notes who believes a crash, from the moment it happens. */
export class DeathWatch {
  private readonly cluster: BenchmarkCluster;
  private readonly watched = new Map<MemberName, Watched>();

  constructor(cluster: BenchmarkCluster) {
    this.cluster = cluster;
    cluster.listen({
      onChange: ({ member, viewer, to, atMs }) => {
        if (to === "dead") this.believed(member, viewer, atMs);
      },
    });
  }

  /** These members are dead as of now, and all that still run are to know it. */
  watch(victims: readonly MemberName[]): void {
    const diedMs = this.cluster.nowMs;
    for (const victim of victims) {
      const ignorant = new Set(this.cluster.runningNames);
      this.watched.set(victim, { diedMs, ignorant, firstMs: undefined, lastMs: diedMs });
    }
  }

  isKnownToAll(): boolean {
    for (const { ignorant } of this.watched.values()) if (ignorant.size > 0) return false;
    return true;
  }

  /** Times from the crash to its first and last believer; `lastMs` undefined where some did not. */
  results(): { firstMs: Millis | undefined; lastMs: Millis | undefined }[] {
    return [...this.watched.values()].map(({ diedMs, firstMs, lastMs, ignorant }) => ({
      firstMs: firstMs === undefined ? undefined : firstMs - diedMs,
      lastMs: ignorant.size > 0 ? undefined : lastMs - diedMs,
    }));
  }

  forget(): void {
    this.watched.clear();
  }

  private believed(victim: MemberName, viewer: MemberName, atMs: Millis): void {
    const watched = this.watched.get(victim);
    if (watched === undefined || !watched.ignorant.delete(viewer)) return;
    watched.firstMs ??= atMs;
    watched.lastMs = atMs;
  }
}
