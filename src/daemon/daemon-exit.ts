/** How a daemon, or a node inside a program, ended. */
export interface DaemonExit {
  readonly exitCode: number;
  /** One sentence for people. */
  readonly reason: string;
}
