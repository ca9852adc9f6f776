import { type ControlClient, connectControl } from "../../src/control/client.ts";
import { formatSpan } from "../../src/text/quantities.ts";
import { cutRules } from "../faults/cluster-faults.ts";
import type { DemoCluster } from "./demo-cluster.ts";

/** A cut that is forgotten heals by itself. */
const CUT_FOR_MS = 600_000;
const ANSWER_MS_MAX = 1_000;

/** The links of a demo's daemons: one side is chosen, then they are cut and healed. */
export class DemoLinks {
  readonly #cluster: DemoCluster;
  readonly #side = new Set<string>();

  constructor(cluster: DemoCluster) {
    this.#cluster = cluster;
  }

  /** The members that are chosen for the one side. */
  get side(): ReadonlySet<string> {
    return this.#side;
  }

  /** Chooses a member for the side, or takes it back. @returns how the sides are then */
  toggle(member: string): string {
    if (!this.#side.delete(member)) this.#side.add(member);
    if (this.#side.size === 0) return "no side is chosen: C cuts the selected one off";
    const [side = [], others = []] = this.#sides(member);
    return `${tellSides(side, others, "|")}  C cuts, O cuts what the left side sends`;
  }

  /** Cuts the chosen side off, or `member` where none is chosen. @returns what was done */
  async cut(member: string, isOneWay: boolean): Promise<string> {
    const [side = [], others = []] = this.#sides(member);
    if (others.length === 0) return "all are on one side: X takes a member back";
    const rules = cutRules([side, others], isOneWay);
    const deaf = await this.#ask((client) => client.setFaults({ rules, ttlMs: CUT_FOR_MS }));
    const what = `cut: ${tellSides(side, others, isOneWay ? "→" : "|")}`;
    return `${what} for ${formatSpan(CUT_FOR_MS)}; H heals${deaf}`;
  }

  /** Removes every fault. @returns what was done */
  async heal(): Promise<string> {
    this.#side.clear();
    const deaf = await this.#ask((client) => client.healFaults());
    return `the links are healed${deaf}`;
  }

  #sides(member: string): readonly (readonly string[])[] {
    const side = this.#side.size === 0 ? new Set([member]) : this.#side;
    const { names } = this.#cluster;
    return [names.filter((name) => side.has(name)), names.filter((name) => !side.has(name))];
  }

  /** Links are cut at the sending end, so every daemon has to be asked. @returns who could not be, as a clause */
  async #ask(ask: (client: ControlClient) => Promise<unknown>): Promise<string> {
    const outcomes = await Promise.all(
      this.#cluster.daemons.map(async ({ node, api }) => {
        const client = connectControl(`http://${api}`, { timeoutMs: ANSWER_MS_MAX });
        return ask(client)
          .then(() => undefined)
          .catch(() => node)
          .finally(() => client.close());
      }),
    );
    const deaf = outcomes.filter((name) => name !== undefined);
    return deaf.length === 0 ? "" : ` (not at ${deaf.join(" ")}, which did not answer)`;
  }
}

function tellSides(side: readonly string[], others: readonly string[], between: string): string {
  return `{${side.join(" ")}} ${between} {${others.join(" ")}}`;
}
