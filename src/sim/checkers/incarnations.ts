import type { NodeEvent } from "../../core/effect.ts";
import type { MemberFact, MemberName, MemberRecord, MemberState } from "../../core/member.ts";
import type { Checker, Report } from "./checker.ts";
import type { RealProcess } from "./world.ts";

/**
 * No view goes back: what replaces a belief supersedes it. And nobody but its owner raises an
 * incarnation: every one that appears in a view was announced by the member itself.
 */
export class Incarnations implements Checker {
  private readonly views = new Map<string, Map<MemberName, MemberFact>>();
  private readonly announced = new Map<MemberName, Set<number>>();
  private readonly report: Report;

  constructor(report: Report) {
    this.report = report;
  }

  buried({ name, incarnation }: MemberRecord): void {
    this.announce(name, incarnation);
  }

  started({ name, self }: RealProcess): void {
    this.views.set(name, new Map());
    this.announce(self.name, self.incarnation);
  }

  ended({ name }: RealProcess): void {
    this.views.delete(name);
  }

  happened(process: RealProcess, event: NodeEvent): void {
    if (event.kind === "member-reaped") this.views.get(process.name)?.delete(event.member);
    if (event.kind !== "member-changed" && event.kind !== "member-updated") return;
    const { member, incarnation } = event;
    if (member === process.self.name) this.announce(member, incarnation);
    this.checkOwner(process, member, incarnation);
    const view = this.views.get(process.name);
    const before = view?.get(member);
    const state = event.kind === "member-changed" ? event.to : (before?.state ?? "alive");
    const after = { state, incarnation };
    if (before !== undefined && !isAbove(after, before)) {
      const went = `${before.state} ${before.incarnation} to ${state} ${incarnation}`;
      this.report("views never go back", `${process.name} took ${member} from ${went}`);
    }
    view?.set(member, after);
  }

  private checkOwner(process: RealProcess, member: MemberName, incarnation: number): void {
    if (this.announced.get(member)?.has(incarnation) === true) return;
    const detail = `${process.name} believes incarnation ${incarnation} of ${member}`;
    this.report("only the owner raises its incarnation", `${detail}, which ${member} never had`);
  }

  private announce(member: MemberName, incarnation: number): void {
    const known = this.announced.get(member) ?? new Set();
    this.announced.set(member, known.add(incarnation));
  }
}

// Said again on purpose: the core's own ranking is what is being checked.
const ORDER: readonly MemberState[] = ["alive", "suspect", "dead", "left", "forgotten"];

function isAbove(after: MemberFact, before: MemberFact): boolean {
  if (after.incarnation !== before.incarnation) return after.incarnation > before.incarnation;
  return ORDER.indexOf(after.state) > ORDER.indexOf(before.state);
}
