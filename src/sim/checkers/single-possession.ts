import type { NodeEvent } from "../../core/effect.ts";
import type { Checker, Report } from "./checker.ts";
import type { RealProcess } from "./world.ts";

/**
 * Where every name has one owner at a time, nobody is taken for a second one, whatever old
 * datagrams still travel; and one cluster refuses nobody as of another.
 */
export class SinglePossession implements Checker {
  private readonly report: Report;

  constructor(report: Report) {
    this.report = report;
  }

  happened({ name }: RealProcess, event: NodeEvent): void {
    if (event.kind === "name-conflict" || event.kind === "newcomer-rejected") {
      this.report("one owner is not taken for two", `${name} told ${JSON.stringify(event)}`);
    }
    if (event.kind === "join-refused") {
      this.report("a cluster of one profile refuses nobody", `${name} was refused`);
    }
  }
}
