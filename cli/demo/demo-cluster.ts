import type { MemberState } from "../../src/core/member.ts";
import { ConditionNotMetError } from "../errors.ts";
import { formatSpan } from "../format/quantities.ts";
import { createDaemonGroup } from "../local/daemon-group.ts";
import type { LaunchedDaemon } from "../local/launched-daemon.ts";
import { type LogLine, type MemberChange, memberChangeOf } from "../local/log-line.ts";
import { ENTRY, plainEnvironment } from "../local/program.ts";

/** A change of a member's state as one daemon logged it. */
export interface SeenChange {
  readonly viewer: string;
  /** Wall clock of the daemon, which is that of this machine. */
  readonly timeMs: number;
  readonly change: MemberChange;
}

export type ChangeListener = (seen: SeenChange) => void;

export interface DemoClusterOptions {
  /** Compiled program to run; this package's own where left out. */
  readonly entry?: string;
  /** Further arguments of every daemon. */
  readonly extra?: readonly string[];
}

/** Daemons of profile `local` as children of this process, and what each of them believes by its own log. */
export class DemoCluster {
  readonly #beliefs = new Map<string, Map<string, MemberState>>();
  readonly #daemons = new Map<string, LaunchedDaemon>();
  readonly #listeners = new Set<ChangeListener>();
  readonly #extra: readonly string[];
  readonly #group;

  constructor(options: DemoClusterOptions = {}) {
    this.#extra = options.extra ?? [];
    this.#group = createDaemonGroup({
      entry: options.entry ?? ENTRY,
      env: plainEnvironment(process.env),
      onLine: (line, daemon) => this.#note(line, daemon),
    });
  }

  /** Every daemon ever started, by name; a restarted one stands for the one before. */
  get daemons(): readonly LaunchedDaemon[] {
    return [...this.#daemons.values()];
  }

  daemon(name: string): LaunchedDaemon {
    const daemon = this.#daemons.get(name);
    if (daemon === undefined) throw new Error(`no daemon ${name} was started`);
    return daemon;
  }

  /** Names of the daemons that run and are not frozen: those whose opinion counts. */
  viewers(except: readonly string[] = []): string[] {
    return this.daemons
      .filter(({ name, end, isFrozen }) => end === undefined && !isFrozen && !except.includes(name))
      .map(({ name }) => name);
  }

  /** Starts a daemon, at its old address where it had one, and waits until it listens. */
  async start(name: string): Promise<LaunchedDaemon> {
    const bind = this.#daemons.get(name)?.bound?.address ?? "127.0.0.1:0";
    const join = this.daemons.flatMap((daemon) =>
      daemon.name !== name && daemon.end === undefined && daemon.bound !== undefined
        ? [daemon.bound.address]
        : [],
    );
    this.#beliefs.set(name, new Map());
    const daemon = this.#group.launch({
      name,
      bind,
      api: "127.0.0.1:0",
      join: join.slice(0, 3),
      profile: "local",
      extra: this.#extra,
    });
    this.#daemons.set(name, daemon);
    await daemon.ready;
    return daemon;
  }

  belief(viewer: string, member: string): MemberState | undefined {
    return this.#beliefs.get(viewer)?.get(member);
  }

  /** Calls `listener` with each change that any daemon logs, until the returned function is called. */
  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits until each viewer believes each member to be in this state. */
  async allSee(
    state: MemberState,
    members: readonly string[],
    viewers: readonly string[],
    withinMs: number,
  ): Promise<void> {
    const missing = () =>
      viewers.flatMap((viewer) =>
        members
          .filter((member) => this.belief(viewer, member) !== state)
          .map(
            (member) => `${viewer} sees ${member} ${this.belief(viewer, member) ?? "not at all"}`,
          ),
      );
    await this.#until(
      () => missing().length === 0,
      withinMs,
      () => `${members.join(", ")} should be ${state}, but ${missing().slice(0, 3).join(", ")}`,
    );
  }

  endAll(): Promise<void> {
    return this.#group.endAll();
  }

  #note(line: LogLine, { name: viewer }: LaunchedDaemon): void {
    const change = memberChangeOf(line);
    if (change === undefined) return;
    this.#beliefs.get(viewer)?.set(change.member, change.to);
    for (const listener of [...this.#listeners]) listener({ viewer, timeMs: line.timeMs, change });
  }

  #until(isMet: () => boolean, withinMs: number, complaint: () => string): Promise<void> {
    if (isMet()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const stop = this.onChange(() => {
        if (!isMet()) return;
        settle();
        resolve();
      });
      const timer = setTimeout(() => {
        settle();
        reject(new ConditionNotMetError(`not within ${formatSpan(withinMs)}: ${complaint()}`));
      }, withinMs);
      const settle = () => {
        stop();
        clearTimeout(timer);
      };
    });
  }
}
