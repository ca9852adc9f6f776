import { setTimeout as pause } from "node:timers/promises";
import { untilReady } from "../control/client/client-ready.ts";
import type { ControlClient } from "../control/client.ts";
import { ConditionNotMetError, ConfigError } from "../core/errors.ts";
import { runBounded } from "../daemon/messaging/bounded-command.ts";
import { localTime } from "../text/quantities.ts";
import { OutputFile } from "./output-file.ts";
import { openRenderer, type Renderer } from "./renderer.ts";
import { type Rendering, renderNow, untilChanged } from "./rendering.ts";

/** A file to keep filled. */
export interface TemplateJob {
  readonly template: string;
  readonly out: string;
  /** Run once the file has changed. */
  readonly exec?: string | undefined;
  /** Run on the new file, named by `$HEARSAY_FILE`, before it takes its place: a failure keeps the old one. */
  readonly check?: string | undefined;
  /** Changes that come within so many milliseconds are written together. */
  readonly debounce: number;
  readonly once: boolean;
}

const COMMAND_MS = 30_000;
const COMMAND_OUTPUT_BYTES_MAX = 16 * 1024;
const READY_MS = 30_000;
const RETRY_FIRST_MS = 250;
const RETRY_MAX_MS = 2_000;

/**
 * Keeps a file as its template and the attached node say. The file is only ever replaced by a whole new one; while the
 * node does not answer, or the template or a check fails, the last good one stays.
 */
export async function keepFile(
  { client, say, signal }: KeepingPlace,
  job: TemplateJob,
): Promise<void> {
  const keeper = new FileKeeper({ client, say, job, renderer: openRenderer(job.template) });
  if (job.once) await keeper.once();
  else await keeper.keep(signal);
}

/** Where the data comes from, where progress is reported, and until when. */
export interface KeepingPlace {
  readonly client: ControlClient;
  /** Receives one line for people. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

type KeeperParts = Omit<KeepingPlace, "signal"> & {
  readonly job: TemplateJob;
  readonly renderer: Renderer;
};

/** What became of a rendering. */
type Outcome =
  /** The file is as it says, and the command has been run. */
  | "done"
  /** The check did not like it, and the file stays as it was. */
  | "rejected"
  /** The file is as it says, and the command failed: it has to be run again. */
  | "not-run";

class FileKeeper {
  private readonly client: ControlClient;
  private readonly say: (line: string) => void;
  private readonly job: TemplateJob;
  private readonly renderer: Renderer;
  private readonly file: OutputFile;
  /** Something good was in the file at some time. */
  private isFilled = false;
  private isCommandOwed = false;
  /** What the check did not like. */
  private rejected: string | undefined;
  /** Said once until it is over. */
  private complaint: string | undefined;

  constructor({ client, say, job, renderer }: KeeperParts) {
    this.client = client;
    this.say = say;
    this.job = job;
    this.renderer = renderer;
    this.file = new OutputFile(job.out);
  }

  async once(): Promise<void> {
    const rendering = await untilReady(() => renderNow(this.renderer, this.client), {
      patienceMs: READY_MS,
    });
    if ((await this.put(rendering)) !== "done") {
      throw new ConditionNotMetError(`template: ${this.complaint}`);
    }
  }

  async keep(signal: AbortSignal): Promise<void> {
    let retryMs = RETRY_FIRST_MS;
    while (!signal.aborted) {
      const isSettled = await this.look(signal).catch((error: unknown) => {
        if (signal.aborted) return true;
        // A template that never worked is for its author to correct. Later, keeping the file matters more than the message.
        if (error instanceof ConfigError && !this.isFilled) throw error;
        this.noteFailure(error instanceof Error ? error.message : String(error));
        return false;
      });
      await rest(isSettled ? this.job.debounce : retryMs, signal);
      retryMs = isSettled ? RETRY_FIRST_MS : Math.min(2 * retryMs, RETRY_MAX_MS);
    }
  }

  /** Renders, writes, and waits for a change; false where there is something to be tried again soon. */
  private async look(signal: AbortSignal): Promise<boolean> {
    const { client } = this;
    const rendering = await renderNow(this.renderer, client);
    const outcome = await this.put(rendering);
    if (outcome === "not-run") return false;
    if (outcome === "done") this.recover();
    await untilChanged(rendering, client, signal);
    return true;
  }

  private async put({ text }: Rendering): Promise<Outcome> {
    const { out, exec } = this.job;
    if (text === this.rejected) return "rejected";
    if (this.file.read() !== text) {
      if (!(await this.file.replace(text, (draft) => this.isGood(draft)))) {
        this.rejected = text;
        return "rejected";
      }
      this.say(`${localTime()}  ${out} is written`);
      this.isCommandOwed = exec !== undefined;
    }
    this.isFilled = true;
    this.rejected = undefined;
    if (exec === undefined || !this.isCommandOwed) return "done";
    this.isCommandOwed = !(await this.run(exec, out));
    return this.isCommandOwed ? "not-run" : "done";
  }

  private async isGood(draft: string): Promise<boolean> {
    const { check } = this.job;
    return check === undefined || this.run(check, draft);
  }

  /** Whether the command ended with exit code 0; a failure is reported. */
  private async run(command: string, file: string): Promise<boolean> {
    const { exitCode, failure, stdout, stderr } = await runBounded(command, {
      input: "",
      env: { HEARSAY_FILE: file },
      timeoutMs: COMMAND_MS,
      outputBytesMax: COMMAND_OUTPUT_BYTES_MAX,
    });
    if (exitCode === 0) return true;
    const output = `${stderr}${stdout}`.trim();
    const how = failure ?? `failed with exit code ${exitCode}`;
    this.noteFailure(`${JSON.stringify(command)} ${how}${output === "" ? "" : `: ${output}`}`);
    return false;
  }

  private noteFailure(what: string): void {
    if (this.complaint === what) return;
    this.complaint = what;
    if (!this.job.once) {
      this.say(`${localTime()}  ${what}; still trying, ${this.job.out} stays`);
    }
  }

  private recover(): void {
    if (this.complaint === undefined) return;
    this.complaint = undefined;
    this.say(`${localTime()}  ${this.job.out} is up to date again`);
  }
}

async function rest(forMs: number, signal: AbortSignal): Promise<void> {
  await pause(forMs, undefined, { signal }).catch(() => undefined);
}
