import type { NodeEvent } from "../../core/effect.ts";
import type { DeathMark, MemberName, MemberRecord, MemberState } from "../../core/member.ts";
import type { Message } from "../../core/message.ts";
import { hash64 } from "../../core/primitives/hash.ts";
import type { Checker, Report } from "./checker.ts";
import type { RealProcess } from "./world.ts";

type Changed = Extract<NodeEvent, { kind: "member-changed" }>;

/**
 * No view holds a state that no rule could have produced: a suspect was accused by the named
 * accuser at that incarnation, a dead one declared by the named judge, and who left said so. A list
 * of deaths has no room for a judge: there it is the sender, who believed what it lists.
 */
export class GroundedStates implements Checker {
  private readonly said = new Set<string>();
  /** Deaths that a node believes, by what a list says of them; and those that it sent in one. */
  private readonly believed = new Set<string>();
  private readonly listed = new Set<string>();
  private readonly report: Report;

  constructor(report: Report) {
    this.report = report;
  }

  buried({ name, incarnation }: MemberRecord, state: MemberState, by: MemberName): void {
    this.said.add(key(state, by, name, incarnation));
  }

  happened(process: RealProcess, event: NodeEvent): void {
    const self = process.self.name;
    if (event.kind === "accused" && event.accuser === self) {
      this.said.add(key("suspect", self, event.member, event.incarnation));
    }
    if (event.kind !== "member-changed") return;
    if (event.by === self) this.said.add(key(event.to, self, event.member, event.incarnation));
    if (event.to === "dead") {
      this.believed.add(markKey(self, markOf(event.member, event.incarnation)));
    }
    // The accusation is told right after the change that it brings.
    if (event.by !== self && !this.isGrounded(event)) {
      const what = `${process.name} believes ${event.member} ${event.to} at ${event.incarnation}`;
      this.report(
        "every state comes from a rule",
        `${what} on the word of ${event.by}, who never said so`,
      );
    }
  }

  sent({ self }: RealProcess, { updates }: Message): void {
    for (const update of updates) {
      if (update.kind !== "deaths") continue;
      for (const mark of update.deaths) {
        const listed = markKey(self.name, mark);
        if (this.believed.has(listed)) this.listed.add(listed);
      }
    }
  }

  private isGrounded({ by, member, to, incarnation }: Changed): boolean {
    if (to === "alive") return true;
    if (this.said.has(key(to, by, member, incarnation))) return true;
    if (to === "dead" && this.listed.has(markKey(by, markOf(member, incarnation)))) return true;
    // By hearsay a death is a suspicion of whoever declared it.
    return to === "suspect" && this.said.has(key("dead", by, member, incarnation));
  }
}

function key(state: MemberState, by: MemberName, member: MemberName, incarnation: number): string {
  return `${state} ${by} ${member} ${incarnation}`;
}

function markOf(member: MemberName, incarnation: number): DeathMark {
  return { nameHigh: hash64(member).high, incarnation };
}

function markKey(node: MemberName, { nameHigh, incarnation }: DeathMark): string {
  return `${node} ${nameHigh} ${incarnation}`;
}
