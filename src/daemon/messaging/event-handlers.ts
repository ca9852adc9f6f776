import type { EventBody } from "../../control/api-types.ts";
import type { EventLog } from "../../control/event-log.ts";
import { shareSignal } from "../../control/shared-signal.ts";
import type { Millis } from "../../core/member.ts";
import { levelOf } from "../../events/events.ts";
import type { DaemonLog } from "../daemon-log.ts";
import { type CommandOutcome, runBounded } from "./bounded-command.ts";
import type { EventHandlerSpec } from "./handler-spec.ts";

/** Which commands are run at which events. */
export interface EventHandlersOptions {
  readonly specs: readonly EventHandlerSpec[];
  readonly events: EventLog;
  readonly log: DaemonLog;
  /** Set for every command, over this process' own environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Longest run of one command. */
  readonly timeoutMs: Millis;
}

/** Events that wait for one handler; further ones are dropped, and that is said. */
const QUEUE_MAX = 256;
const OUTPUT_BYTES_MAX = 16 * 1024;
const OUTPUT_SHOWN = 200;
/** At the end of the node, commands that run (for its `left`, perhaps) get so long. */
const SHUTDOWN_GRACE_MS: Millis = 1000;

/**
 * Runs the operator's commands for the events of this node, each with the event as one line of JSON on its standard input.
 * A handler runs once at a time and sees its events in order; handlers do not wait for each other.
 */
export class EventHandlers {
  private readonly handlers: readonly EventHandler[];
  private readonly events: EventLog;
  private readonly unsubscribe: () => void;
  private readonly ending = new AbortController();
  private cursor = 0;

  constructor({ specs, ...options }: EventHandlersOptions) {
    this.events = options.events;
    const { signal } = this.ending;
    shareSignal(signal);
    this.handlers = specs.map((spec) => new EventHandler({ ...options, spec, signal }));
    this.unsubscribe = options.events.subscribe(() => this.read());
  }

  /** Lets what runs come to its end for a moment, then ends it. */
  async close(): Promise<void> {
    this.unsubscribe();
    const patience = setTimeout(() => this.ending.abort(), SHUTDOWN_GRACE_MS);
    await Promise.all(this.handlers.map((handler) => handler.settle()));
    clearTimeout(patience);
  }

  private read(): void {
    for (const event of this.events.after(this.cursor, QUEUE_MAX)) {
      this.cursor = event.index;
      for (const handler of this.handlers) handler.offer(event);
    }
  }
}

interface HandlerOptions extends Omit<EventHandlersOptions, "specs" | "events"> {
  readonly spec: EventHandlerSpec;
  readonly signal: AbortSignal;
}

class EventHandler {
  private readonly options: HandlerOptions;
  private readonly queue: EventBody[] = [];
  private running: Promise<void> | undefined;
  private dropped = 0;

  constructor(options: HandlerOptions) {
    this.options = options;
  }

  offer(event: EventBody): void {
    if (!isWanted(event, this.options.spec)) return;
    if (this.queue.length >= QUEUE_MAX) {
      this.drop();
      return;
    }
    this.queue.push(event);
    this.running ??= this.work();
  }

  async settle(): Promise<void> {
    await this.running;
  }

  private async work(): Promise<void> {
    const { spec, env, timeoutMs, signal } = this.options;
    for (let event = this.queue.shift(); event !== undefined; event = this.queue.shift()) {
      if (signal.aborted) break;
      const input = `${JSON.stringify(event)}\n`;
      const limits = { input, env, timeoutMs, outputBytesMax: OUTPUT_BYTES_MAX, signal };
      this.report(event, await runBounded(spec.command, limits));
    }
    this.running = undefined;
    this.dropped = 0;
  }

  private report({ event }: EventBody, outcome: CommandOutcome): void {
    const { log, spec } = this.options;
    const { exitCode, failure, stdout, stderr } = outcome;
    const output = `${stderr}${stdout}`.trim().slice(0, OUTPUT_SHOWN);
    const said = output === "" ? "" : `: ${JSON.stringify(output)}`;
    const about = { command: spec.command, for: event, exitCode, output };
    if (exitCode === 0) {
      log.note("debug", "handler-done", `the handler of ${event} is done${said}`, about);
      return;
    }
    const how = failure ?? `failed with exit code ${exitCode}`;
    const message = `the handler ${JSON.stringify(spec.command)} for ${event} ${how}${said}`;
    log.note("warn", "handler-failed", message, about);
  }

  /** Said once until it has caught up. */
  private drop(): void {
    this.dropped += 1;
    if (this.dropped > 1) return;
    const { log, spec } = this.options;
    const message =
      `the handler ${JSON.stringify(spec.command)} is ${QUEUE_MAX} events behind; ` +
      "further ones are dropped until it has caught up";
    log.note("warn", "handler-behind", message, { command: spec.command });
  }
}

function isWanted(event: EventBody, { filters }: EventHandlerSpec): boolean {
  if (filters.length === 0) return levelOf(event) !== "debug";
  return filters.some(
    (filter) =>
      filter.event === event.event &&
      (filter.name === null || ("name" in event && event.name === filter.name)),
  );
}
