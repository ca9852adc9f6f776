import { cutSides } from "../../src/cluster/link-cuts.ts";
import type { LocalCluster } from "../../src/cluster/local-cluster.ts";
import type { TimedKnowledge } from "../../src/cluster/observe/detection-times.ts";
import { Stopwatch } from "../../src/cluster/observe/stopwatch.ts";
import { type ControlClient, connectControl } from "../../src/control/client.ts";
import { formatSpan } from "../../src/text/quantities.ts";
import type { ExtraKeys } from "../dashboard/dashboard-session.ts";

/** The keys that the demo adds to the dashboard: what is done to the selected daemon, and the answer that is shown. */
export function demoKeys(cluster: LocalCluster): ExtraKeys {
  const links = new DemoLinks(cluster);
  const timed = timedDeeds(cluster);
  const is = (member: string) =>
    cluster.names.includes(member) ? cluster.state.process(member).is : undefined;
  const runs = (member: string) => is(member) === "running";
  return {
    keys: [
      {
        key: "K",
        hint: (member) => (is(member) === "down" ? undefined : "kill"),
        help: "kill the selected daemon (SIGKILL)",
      },
      {
        key: "F",
        hint: (member) => (is(member) === "paused" ? "thaw" : runs(member) ? "freeze" : undefined),
        help: "freeze the selected daemon (SIGSTOP), or thaw it",
      },
      {
        key: "L",
        hint: (member) => (runs(member) ? "leave" : undefined),
        help: "make the selected daemon leave (SIGTERM)",
      },
      {
        key: "R",
        hint: (member) => (is(member) === "down" ? "restart" : undefined),
        help: "start the selected daemon again",
      },
      {
        key: "C",
        hint: () => (links.isCut ? undefined : "cut"),
        help: "cut the links between the sides (or to the selected daemon)",
      },
      { key: "H", hint: () => (links.isCut ? "heal" : undefined), help: "heal all links" },
      {
        key: "X",
        hint: () => "side",
        help: "put the selected daemon on the other side, or take it back",
      },
      {
        key: "O",
        hint: () => (links.isCut ? undefined : "one-way"),
        help: "cut one way only: what the chosen side sends is lost",
      },
    ],
    marked: () => links.side,
    measured: () => timed.reading,
    press: (key, member, tell) => {
      // A cut concerns many: when the attached node knew is all that is said of it.
      if (key === "C" || key === "O" || key === "H") timed.reading = undefined;
      if (key === "X") tell(links.toggle(member));
      else if (key === "H") tellLater(links.heal(), tell);
      else if (key === "C" || key === "O") tellLater(links.cut(member, key === "O"), tell);
      else tell(act(cluster, key, member, { tell, timed }));
    },
  };
}

/** The stopwatch of what is done to daemons, and its last reading. */
function timedDeeds(cluster: LocalCluster) {
  const stopwatch = new Stopwatch(cluster);
  const timed = {
    reading: undefined as string | undefined,
    time(action: string, what: TimedKnowledge, member: string, onReading: () => void) {
      timed.reading = undefined;
      stopwatch.time(action, what, member, (reading) => {
        timed.reading = reading;
        onReading();
      });
    },
  };
  return timed;
}

function tellLater(done: Promise<string>, tell: (answer: string) => void): void {
  done.then(tell, (error: Error) => tell(error.message));
}

interface Telling {
  readonly tell: (answer: string) => void;
  readonly timed: ReturnType<typeof timedDeeds>;
}

function act(cluster: LocalCluster, key: string, name: string, { tell, timed }: Telling): string {
  if (!cluster.names.includes(name)) return `${name} is not a daemon of this demo`;
  const { is } = cluster.state.process(name);
  // The reading takes the place of the answer to the key.
  const later = (action: string, what: TimedKnowledge, work: () => Promise<unknown>) => {
    timed.time(`${name} ${action}`, what, name, () => tell(""));
    work().catch((error: Error) => tell(error.message));
  };
  if (key === "R") {
    if (is !== "down") return `${name} runs already`;
    later("listens again", "back", () => cluster.startOne(name));
    return `${name} starts again`;
  }
  if (is === "down") return `${name} does not run; R starts it again`;
  if (key === "K") {
    later("killed", "detect", () => cluster.end([name], "kill"));
    return `${name} is killed`;
  }
  if (key === "F" && is === "paused") {
    later("thawed", "back", () => cluster.resume([name]));
    return `${name} is thawed`;
  }
  if (key === "F") {
    later("frozen", "detect", () => cluster.pause([name]));
    return `${name} is frozen; F thaws it`;
  }
  if (is === "paused") return `${name} is frozen and cannot say goodbye; F thaws it`;
  later("left", "leave", () => cluster.end([name], "stop"));
  return `${name} says goodbye`;
}

/** A cut that is forgotten heals by itself. */
const CUT_FOR_MS = 600_000;
const ANSWER_MS_MAX = 1_000;

/** The links of a demo's daemons: one side is chosen, then they are cut and healed. */
export class DemoLinks {
  private readonly cluster: LocalCluster;
  private readonly sideNames = new Set<string>();
  private hasCut = false;

  constructor(cluster: LocalCluster) {
    this.cluster = cluster;
  }

  /** The members that are chosen for the one side. */
  get side(): ReadonlySet<string> {
    return this.sideNames;
  }

  /** Whether links were cut and not healed. */
  get isCut(): boolean {
    return this.hasCut;
  }

  /** Chooses a member for the side, or takes it back. @returns how the sides are then */
  toggle(member: string): string {
    if (!this.sideNames.delete(member)) this.sideNames.add(member);
    if (this.sideNames.size === 0) return "no side is chosen: C cuts the selected one off";
    const [side = [], others = []] = this.sides(member);
    return `${tellSides(side, others, "|")}  C cuts, O cuts what the left side sends`;
  }

  /** Cuts the chosen side off, or `member` where none is chosen. @returns what was done */
  async cut(member: string, isOneWay: boolean): Promise<string> {
    const [side = [], others = []] = this.sides(member);
    if (others.length === 0) return "all are on one side: X takes a member back";
    const rules = cutSides([side, others], isOneWay);
    this.hasCut = true;
    const deaf = await this.ask((client) => client.setFaults({ rules, ttlMs: CUT_FOR_MS }));
    const what = `cut: ${tellSides(side, others, isOneWay ? "→" : "|")}`;
    return `${what} for ${formatSpan(CUT_FOR_MS)}; H heals${deaf}`;
  }

  /** Removes every fault. @returns what was done */
  async heal(): Promise<string> {
    this.sideNames.clear();
    this.hasCut = false;
    const deaf = await this.ask((client) => client.healFaults());
    return `the links are healed${deaf}`;
  }

  private sides(member: string): readonly (readonly string[])[] {
    const side = this.sideNames.size === 0 ? new Set([member]) : this.sideNames;
    const { names } = this.cluster;
    return [names.filter((name) => side.has(name)), names.filter((name) => !side.has(name))];
  }

  /** Links are cut at the sending end, so every daemon has to be asked. @returns who could not be, as a clause */
  private async ask(ask: (client: ControlClient) => Promise<unknown>): Promise<string> {
    const outcomes = await Promise.all(
      this.cluster.daemons.map(async ({ node, api }) => {
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
