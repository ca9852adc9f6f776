import { setTimeout as pause } from "node:timers/promises";
import type { SelfBody } from "../../../src/control/api-types.ts";
import {
  type ControlClient,
  type EventItem,
  NodeUnreachableError,
  RequestRefusedError,
} from "../../../src/control/client.ts";
import type { Millis } from "../../../src/core/member.ts";
import type { DashboardState, StateUpdate } from "../../../src/viewing/watched-state.ts";

export interface FeedOptions {
  readonly client: ControlClient;
  readonly onUpdate: (update: StateUpdate) => void;
  /** Ends the feed. */
  readonly signal: AbortSignal;
  /** Asked before each reading. */
  readonly wants: () => FeedWants;
}

export interface FeedWants {
  readonly pace: Pace;
  /** Member whose detail is open. */
  readonly detailOf: string | undefined;
  /** Members whose rhythm is worth knowing before they are dead. */
  readonly rhythmsOf: readonly string[];
}

const SELF_MS: Millis = 1000;
/** A peer answers within a few milliseconds, one that is cut off not at all. */
const VIEWS_WAIT_MS: Millis = 250;
const RETRY_MS: Millis = 400;
/** After an event the rows are read anew, but a storm of events is no reason to read all the time. */
const READ_MS_MIN: Millis = 100;

/** Everything that one node tells, until the signal ends it: its events as they happen, the rest read again and again. */
export class NodeFeed {
  private readonly options: FeedOptions;
  private readonly dueMs = { members: 0, self: 0, detail: 0 };
  private eventsStartId: string | undefined;
  private rhythmsRead = 0;
  private viewsPause = new AbortController();
  private wake: () => void = () => undefined;

  constructor(options: FeedOptions) {
    this.options = options;
  }

  /** Resolves when the feed has ended. */
  async run(): Promise<void> {
    await Promise.all([this.readAgainAndAgain(), this.readViews(), this.followEvents()]);
  }

  /** Reads at once (at most ten times a second): something happened. */
  readSoon(): void {
    this.dueMs.members = 0;
    this.readDetailSoon();
  }

  /** The same for the detail alone: another member is selected. */
  readDetailSoon(): void {
    this.dueMs.detail = 0;
    this.wake();
  }

  private async readAgainAndAgain(): Promise<void> {
    const { signal, onUpdate } = this.options;
    while (!signal.aborted) {
      const startMs = performance.now();
      try {
        await this.readWhatIsDue(startMs);
        await this.sleep(Math.max(startMs + READ_MS_MIN, Math.min(...Object.values(this.dueMs))));
      } catch (error) {
        if (signal.aborted) return;
        onUpdate({ kind: "lost", why: whyOf(error) });
        this.dueMs.self = 0;
        await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /**
   * The views apart from the rest, since the node waits for its peers. That the node itself does not answer is found out by the
   * other readings; the views of then grow old and say so.
   */
  private async readViews(): Promise<void> {
    const { client, signal, onUpdate, wants } = this.options;
    while (!signal.aborted) {
      const startMs = performance.now();
      let againMs: Millis = wants().pace.viewsMs;
      try {
        const body = await client.views({ waitMs: VIEWS_WAIT_MS });
        onUpdate({ kind: "views", body });
      } catch {
        againMs = RETRY_MS;
      }
      const leftMs = Math.max(READ_MS_MIN, startMs + againMs - performance.now());
      this.viewsPause = new AbortController();
      const ending = AbortSignal.any([signal, this.viewsPause.signal]);
      await pause(READ_MS_MIN, undefined, { signal }).catch(() => undefined);
      await pause(leftMs - READ_MS_MIN, undefined, { signal: ending }).catch(() => undefined);
    }
  }

  /** What is learned is told at once and together, so that it makes one frame. */
  private async readWhatIsDue(nowMs: Millis): Promise<void> {
    const { client, onUpdate, wants } = this.options;
    const { pace, detailOf, rhythmsOf } = wants();
    const readings: Promise<StateUpdate>[] = [];
    const isDue = (name: keyof NodeFeed["dueMs"], againMs: Millis) => {
      if (this.dueMs[name] > nowMs) return false;
      this.dueMs[name] = nowMs + againMs;
      return true;
    };
    if (isDue("self", SELF_MS)) {
      readings.push(
        readSelf(client).then((body) => ({ kind: "self", body })),
        readPaths(client),
      );
      const next = rhythmsOf[this.rhythmsRead++ % rhythmsOf.length];
      if (next !== undefined) readings.push(this.readRhythm(next));
    }
    if (isDue("members", pace.membersMs)) {
      readings.push(client.members().then((body) => ({ kind: "members", body })));
    }
    if (isDue("detail", pace.membersMs)) readings.push(this.readDetail(detailOf));
    for (const update of await Promise.all(readings)) onUpdate(update);
  }

  private async readDetail(member: string | undefined): Promise<StateUpdate> {
    if (member === undefined) return { kind: "no-explanation" };
    try {
      return { kind: "explanation", body: await this.options.client.explain(member) };
    } catch (error) {
      if (!(error instanceof RequestRefusedError)) throw error;
      return { kind: "no-explanation" };
    }
  }

  private async readRhythm(member: string): Promise<StateUpdate> {
    const update = await this.readDetail(member);
    return update.kind === "explanation" ? { ...update, kind: "rhythm" } : { kind: "none" };
  }

  /** The client dials again by itself; that the node does not answer is found out by the readings. */
  private async followEvents(): Promise<void> {
    const { client, signal, onUpdate } = this.options;
    while (!signal.aborted) {
      try {
        for await (const item of client.events({ since: 0, reconnect: true, signal })) {
          this.takeEvent(item);
        }
      } catch (error) {
        if (signal.aborted) return;
        onUpdate({ kind: "lost", why: whyOf(error) });
        await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private takeEvent(item: EventItem): void {
    const { onUpdate } = this.options;
    const startId = item.id.split(":")[0] ?? "";
    if (this.eventsStartId !== undefined && this.eventsStartId !== startId) {
      onUpdate({ kind: "restarted" });
    }
    this.eventsStartId = startId;
    if ("snapshot" in item) onUpdate({ kind: "members", body: item.snapshot });
    else onUpdate({ kind: "event", event: item.event });
    this.readSoon();
    // When the others knew of a change is seen in their views alone.
    if ("event" in item && item.event.event === "member-changed") this.viewsPause.abort();
  }

  /** Until `untilMs`, or earlier when woken. */
  private sleep(untilMs: Millis): Promise<void> {
    const { signal } = this.options;
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", finish);
        this.wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(finish, Math.max(0, untilMs - performance.now()));
      signal.addEventListener("abort", finish);
      this.wake = finish;
    });
  }
}

function whyOf(error: unknown): string {
  if (error instanceof NodeUnreachableError) return error.why;
  return error instanceof Error ? error.message : String(error);
}

/** What a node of this version tells, and those before did not. */
const NEEDED = ["counts", "traffic", "faults", "panics", "phiSuspect"] as const;

/**
 * What the node says of itself.
 *
 * @throws NodeUnreachableError also when it is of an older version that tells too little to be shown
 */
export async function readSelf(client: ControlClient): Promise<SelfBody> {
  const body = await client.self();
  const missing = NEEDED.find((field) => body[field] === undefined);
  if (missing === undefined) return body;
  throw new NodeUnreachableError(
    client.url,
    `it runs hearsay ${body.version}, which does not report its ${missing}`,
    "start it with a newer hearsay",
  );
}

/** Which member reaches which, where the node is a guest in another engine's pool: others have no such answer. */
export async function readPaths(client: ControlClient): Promise<StateUpdate> {
  try {
    return { kind: "paths", body: await client.paths() };
  } catch (error) {
    if (error instanceof RequestRefusedError) return { kind: "none" };
    throw error;
  }
}

/** How long after one reading the next one begins. */
export interface Pace {
  readonly membersMs: Millis;
  readonly viewsMs: Millis;
}

/** Phi that is worth watching climb: a lively member passes it once in a hundred intervals. */
const RESTLESS_PHI = 2;
/** A suspicion that stands for longer is no news. */
const SUSPENSE_MS: Millis = 20_000;
const FEW = 50;
const MANY = 250;

/**
 * Events come by themselves; what is read in between is phi, which grows with silence alone. So it is read often while
 * somebody is silent, and seldom otherwise. A large cluster costs more a reading and is read less often.
 */
export function choosePace(state: DashboardState): Pace {
  const members = state.members?.body.members ?? [];
  const isRestless = members.some(
    ({ state, stateForMs, phi }) =>
      (state === "suspect" && stateForMs < SUSPENSE_MS) ||
      (state === "alive" && (phi ?? 0) >= RESTLESS_PHI),
  );
  const count = members.length;
  const sizeFactor = count <= FEW ? 1 : count <= MANY ? 2 : 4;
  return {
    membersMs: (isRestless ? 150 : 750) * sizeFactor,
    viewsMs: count <= FEW ? 500 : 5000,
  };
}
