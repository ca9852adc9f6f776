import { type ChildProcess, spawn } from "node:child_process";
import { ENTRY } from "../../src/daemon/program.ts";

/** The dashboard on one node of a run, in the same terminal, which it has to itself until it is quit. */
export class BesideDashboard {
  #child: ChildProcess | undefined;
  #quit: Promise<void> = Promise.resolve();

  get isOpen(): boolean {
    return this.#child !== undefined;
  }

  /** Opens it; a second time does nothing. */
  open(apiUrl: string): void {
    if (this.#child !== undefined) return;
    const child = spawn(process.execPath, [ENTRY, "dashboard", "--attach", apiUrl], {
      stdio: "inherit",
    });
    this.#child = child;
    this.#quit = new Promise((resolve) => {
      child.once("error", () => resolve());
      child.once("close", () => {
        this.#child = undefined;
        resolve();
      });
    });
  }

  /** Resolves when the user has quit it. */
  untilQuit(): Promise<void> {
    return this.#quit;
  }

  end(): void {
    this.#child?.kill("SIGTERM");
  }
}
