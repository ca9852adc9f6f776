import type { NodeSnapshot } from "../../core/snapshot.ts";
import type { Checker, Report } from "./checker.ts";
import type { RealProcess } from "./world.ts";

const RELAYS_MAX = 1024;
const USER_MESSAGES_MAX = 256;
const LOCAL_HEALTH_MAX = 8;

/** Accusations against one subject that a queue may hold beside the subject's own update. */
const ACCUSERS_MAX = 64;

/** Queues and tables stay in proportion to the cluster, and every number that is shown is finite. */
export class Bounds implements Checker {
  private readonly members: number;
  private readonly report: Report;

  constructor(members: number, report: Report) {
    this.members = members;
    this.report = report;
  }

  inspected({ name }: RealProcess, snapshot: NodeSnapshot): void {
    const { queues, members } = snapshot;
    const owedMax = this.members * Math.min(this.members + 1, ACCUSERS_MAX);
    this.atMost(name, "members", members.length, this.members);
    this.atMost(name, "updates owed", queues.updatesOwed, owedMax);
    this.atMost(name, "suspicions", queues.suspicions, this.members);
    this.atMost(name, "relays", queues.relays, RELAYS_MAX);
    this.atMost(name, "notices owed", queues.noticesOwed, USER_MESSAGES_MAX);
    for (const { record, phi, accusers } of members) {
      if (phi !== null && !Number.isFinite(phi)) {
        this.report("phi is finite", `${name} has phi ${phi} for ${record.name}`);
      }
      this.atMost(name, `accusers of ${record.name}`, accusers.length, this.members);
    }
    this.atMost(name, "local health", snapshot.localHealth, LOCAL_HEALTH_MAX);
  }

  private atMost(process: string, what: string, value: number, most: number): void {
    if (value <= most) return;
    this.report("queues and tables are bounded", `${process}: ${value} ${what}, at most ${most}`);
  }
}
