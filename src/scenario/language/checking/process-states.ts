interface ProcessState {
  readonly is: "down" | "up" | "paused";
  /** How it came to that, for people. */
  readonly because: string;
}

const NEVER_STARTED: ProcessState = { is: "down", because: "it was never started" };

/** Which processes run at a place of the scenario, as far as its steps say. */
export class ProcessStates {
  private readonly states = new Map<string, ProcessState>();

  of(node: string): ProcessState {
    return this.states.get(node) ?? NEVER_STARTED;
  }

  hasStarted(node: string): boolean {
    return this.of(node) !== NEVER_STARTED;
  }

  get up(): string[] {
    return [...this.states].filter(([, { is }]) => is === "up").map(([node]) => node);
  }

  set(node: string, is: ProcessState["is"], because: string): void {
    this.states.set(node, { is, because });
  }

  /** Why it does not run here, or stands still; undefined where it is up. */
  whyNotUp(node: string): string | undefined {
    const { is, because } = this.of(node);
    if (is === "up") return undefined;
    return is === "paused" ? `${node} is paused here (${because})` : this.tellDown(node);
  }

  tellDown(node: string): string {
    return `${node} is not running here: ${this.of(node).because}`;
  }
}
