import type { NodeEvent } from "../../core/effect.ts";
import type { Checker, Report } from "./checker.ts";
import type { RealProcess } from "./world.ts";

/** No run of a process is told of a user event twice, whatever the network duplicates, delays and replays. */
export class ToldOnce implements Checker {
  private readonly report: Report;
  private readonly told = new Map<string, Set<string>>();

  constructor(report: Report) {
    this.report = report;
  }

  started({ name }: RealProcess): void {
    this.told.set(name, new Set());
  }

  happened({ name }: RealProcess, event: NodeEvent): void {
    if (event.kind !== "user-event") return;
    const id = `${event.origin} ${event.startId} ${event.seq}`;
    const told = this.told.get(name);
    if (told?.has(id)) this.report("nobody is told twice", `${name} was told of ${id} again`);
    told?.add(id);
  }
}
