/** What is done at the signals of an operator or a service manager. */
export interface SignalActions {
  /** SIGINT or SIGTERM. */
  onEnd(): void;
  /** SIGHUP. */
  onHangUp(): void;
}

/** Signals of the process that the daemon runs in; a daemon inside another program has none. */
export class ProcessSignals {
  private readonly process: NodeJS.Process | undefined;
  private readonly actions: SignalActions;

  constructor(process: NodeJS.Process | undefined, actions: SignalActions) {
    this.process = process;
    this.actions = actions;
  }

  /** From now on signals are acted on. */
  listen(): void {
    this.process?.on("SIGINT", this.end);
    this.process?.on("SIGTERM", this.end);
    this.process?.on("SIGHUP", this.hangUp);
  }

  /** From now on a signal does again what it does by default. */
  close(): void {
    this.process?.off("SIGINT", this.end);
    this.process?.off("SIGTERM", this.end);
    this.process?.off("SIGHUP", this.hangUp);
  }

  private readonly end = (): void => this.actions.onEnd();

  private readonly hangUp = (): void => this.actions.onHangUp();
}
