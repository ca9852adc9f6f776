import type { OwnedProcess } from "../../../src/cluster/process/owned-process.ts";
import { createProcessGroup } from "../../../src/cluster/process/process-group.ts";
import type { MemberState } from "../../../src/core/member.ts";
import { Beliefs, type SeenBelief } from "./beliefs.ts";

/** A process that says when it is ready. */
export interface WatchedDaemon extends OwnedProcess {
  readonly ready: Promise<unknown>;
}

/** Daemons as children of this process, and what each of them believes by its own log. */
export abstract class WatchedCluster<D extends WatchedDaemon, S extends SeenBelief> {
  protected readonly beliefs = new Beliefs<S>();
  private readonly daemonsByName = new Map<string, D>();
  private readonly group = createProcessGroup();

  /** Starts the process of `name`; `previous` is the one that had this name before. */
  protected abstract launch(name: string, previous: D | undefined): D;

  /** Every daemon ever started, by name; a restarted one stands for the one before. */
  get daemons(): readonly D[] {
    return [...this.daemonsByName.values()];
  }

  daemon(name: string): D {
    const daemon = this.daemonsByName.get(name);
    if (daemon === undefined) throw new Error(`no daemon ${name} was started`);
    return daemon;
  }

  /** Names of the daemons that run and are not frozen: those whose opinion counts. */
  viewers(except: readonly string[] = []): string[] {
    return this.daemons
      .filter(({ name, end, isFrozen }) => end === undefined && !isFrozen && !except.includes(name))
      .map(({ name }) => name);
  }

  /** Starts a daemon, at its old address where it had one, and waits until it is ready. */
  async start(name: string): Promise<D> {
    this.beliefs.reset(name);
    const daemon = this.launch(name, this.daemonsByName.get(name));
    this.group.add(daemon);
    this.daemonsByName.set(name, daemon);
    await daemon.ready;
    return daemon;
  }

  belief(viewer: string, member: string): MemberState | undefined {
    return this.beliefs.of(viewer, member);
  }

  /**
   * Calls `listener` with each change that any daemon logs, until the returned function is called.
   */
  onChange(listener: (seen: S) => void): () => void {
    return this.beliefs.onChange(listener);
  }

  /**
   * Waits until each viewer believes each member to be in this state.
   *
   * @throws ConditionNotMetError naming the first who still see it otherwise
   */
  allSee(
    state: MemberState,
    members: readonly string[],
    viewers: readonly string[],
    withinMs: number,
  ): Promise<void> {
    return this.beliefs.allSee(state, members, viewers, withinMs);
  }

  endAll(): Promise<void> {
    return this.group.endAll();
  }
}
