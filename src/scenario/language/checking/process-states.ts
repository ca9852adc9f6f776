import type { ProcessStep } from "../scenario.ts";

type Verb = ProcessStep["verb"];

interface ProcessState {
  readonly is: "down" | "up" | "paused";
  /** How it came to that, for people. */
  readonly because: string;
}

const NEVER_STARTED: ProcessState = { is: "down", because: "it was never started" };

const AFTER: Readonly<Record<Verb, ProcessState["is"]>> = {
  start: "up",
  stop: "down",
  kill: "down",
  pause: "paused",
  resume: "up",
  leave: "down",
  restart: "up",
};

const PAST: Readonly<Record<Verb, string>> = {
  start: "started",
  stop: "stopped",
  kill: "killed",
  pause: "paused",
  resume: "resumed",
  leave: "asked to leave",
  restart: "restarted",
};

/** Which processes run at a place of the scenario, as far as its steps say. */
export class ProcessStates {
  readonly #states = new Map<string, ProcessState>();

  of(node: string): ProcessState {
    return this.#states.get(node) ?? NEVER_STARTED;
  }

  hasStarted(node: string): boolean {
    return this.of(node) !== NEVER_STARTED;
  }

  get up(): string[] {
    return [...this.#states].filter(([, { is }]) => is === "up").map(([node]) => node);
  }

  set(node: string, is: ProcessState["is"], because: string): void {
    this.#states.set(node, { is, because });
  }

  /** What keeps the verb from being done to the node; undefined where nothing does. */
  complaint(verb: Verb, node: string): string | undefined {
    const { is, because } = this.of(node);
    switch (verb) {
      case "start":
        return is === "down" ? undefined : `${node} runs already (${because}); restart does both`;
      case "restart":
        return is === "down" && !this.hasStarted(node)
          ? `${node} cannot be restarted: ${because}`
          : undefined;
      case "resume":
        return is === "paused" ? undefined : `${node} is not paused here`;
      case "kill":
        return is === "down" ? this.tellDown(node) : undefined;
      default:
        if (is === "down") return this.tellDown(node);
        return is === "paused" ? `${node} is paused here (${because})` : undefined;
    }
  }

  /** Why it does not run here, or stands still; undefined where it is up. */
  whyNotUp(node: string): string | undefined {
    const { is, because } = this.of(node);
    if (is === "up") return undefined;
    return is === "paused" ? `${node} is paused here (${because})` : this.tellDown(node);
  }

  tellDown(node: string): string {
    return `${node} does not run here: ${this.of(node).because}`;
  }

  apply(verb: Verb, node: string, line: number | null): void {
    const where = line === null ? "" : ` in line ${line}`;
    this.set(node, AFTER[verb], `it was ${PAST[verb]}${where}`);
  }
}
