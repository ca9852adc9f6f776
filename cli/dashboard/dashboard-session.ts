import type { MemberBody } from "../../src/control/api-types.ts";
import {
  type ControlTarget,
  connectControl,
  parseTarget,
  targetBeside,
} from "../../src/control/client.ts";
import { compareNames } from "../../src/core/name-order.ts";
import {
  type DashboardState,
  emptyState,
  type StateUpdate,
  updateState,
} from "../../src/viewing/watched-state.ts";
import type { ExtraKey } from "./keys/key-map.ts";
import { type Command, type KeyFacts, pressKey } from "./keys/press-key.ts";
import { FIRST_UI, type UiState } from "./keys/ui-state.ts";
import { timeline } from "./model/event-row.ts";
import { type ScreenSize, visiblePanes } from "./model/layout.ts";
import { composeScene, type Scene } from "./model/scene.ts";
import { choosePace, NodeFeed } from "./reading/node-feed.ts";

/** Keys of whoever opens the dashboard, and what they do: the answer is shown. */
export interface ExtraKeys {
  readonly keys: readonly ExtraKey[];
  /** The first notice. */
  readonly greeting?: string;
  /** The members that the keys have chosen: their rows have a mark. */
  marked?(): ReadonlySet<string>;
  /** Who knew of the last action, and when: shown in place of what the dashboard can measure by itself. */
  measured?(): string | undefined;
  press(key: string, member: string, tell: (answer: string) => void): void;
}

export interface SessionOptions {
  readonly target: ControlTarget;
  readonly size: ScreenSize;
  readonly ui?: Partial<UiState>;
  readonly extra?: ExtraKeys | undefined;
  readonly onScene: (scene: Scene) => void;
  /** Puts text on the reader's clipboard. */
  readonly onCopy: (text: string) => void;
  readonly onQuit: () => void;
}

/** What is shown while the reader holds the picture. */
interface Held {
  readonly state: DashboardState;
  readonly atMs: number;
  /** Lines that the timeline got meanwhile. */
  readonly linesAdded: number;
}

const FRAME_MS_MIN = 50;
/** The node answers within a millisecond; so long a silence is one to be told. */
const ANSWER_MS_MAX = 1500;
const TICK_MS = 1000;
/** One is read a second. */
const RHYTHMS_MAX = 30;

/** Holds what was read and what the reader chose, and hands out a scene when either changes, at most 20 a second. */
export class DashboardSession {
  private readonly options: SessionOptions;
  private state: DashboardState;
  private held: Held | undefined;
  private ui: UiState;
  private size: ScreenSize;
  private feed: { readonly feed: NodeFeed; end(): void };
  private drawnAtMs = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;
  private ticker: NodeJS.Timeout | undefined;

  constructor(options: SessionOptions) {
    this.options = options;
    this.size = options.size;
    this.ui = { ...FIRST_UI, notice: options.extra?.greeting ?? "", ...options.ui };
    this.state = emptyState(options.target.url);
    this.feed = this.startFeed(options.target.url);
  }

  get scene(): Scene {
    const { extra } = this.options;
    const { state, atMs: nowMs } = this.held ?? { state: this.state, atMs: Date.now() };
    const { ui, size } = this;
    const given = {
      extraKeys: extra?.keys,
      marked: extra?.marked?.(),
      measured: extra?.measured?.(),
    };
    return composeScene({ state, ui, size, nowMs, ...given });
  }

  press(key: string): void {
    const wasPaused = this.ui.isPaused;
    const before = this.scene;
    const { ui, command } = pressKey(this.ui, key, factsOf(before));
    const hasMoved = ui.selected !== this.ui.selected;
    this.ui = ui;
    if (wasPaused !== ui.isPaused) this.holdOrRelease();
    if (command !== undefined) this.carryOut(command, before);
    if (hasMoved) this.feed.feed.readDetailSoon();
    this.draw();
  }

  resize(size: ScreenSize): void {
    this.size = size;
    this.draw();
  }

  tell(notice: string): void {
    this.ui = { ...this.ui, notice };
    this.draw();
  }

  attach(url: string): void {
    this.feed.end();
    this.state = emptyState(url);
    this.held = undefined;
    this.ui = { ...this.ui, isPaused: false, eventsBack: 0 };
    this.feed = this.startFeed(url);
    this.draw();
  }

  end(): void {
    clearTimeout(this.timer);
    clearTimeout(this.ticker);
    this.feed.end();
  }

  private startFeed(url: string) {
    const ending = new AbortController();
    const { signal } = ending;
    const client = connectControl(url, {
      ...this.options.target,
      signal,
      timeoutMs: ANSWER_MS_MAX,
    });
    const feed = new NodeFeed({
      client,
      signal,
      onUpdate: (update) => {
        if (!signal.aborted) this.take(update);
      },
      wants: () => ({
        pace: choosePace(this.state),
        detailOf: this.scene.selected?.name,
        rhythmsOf: observedIn(this.state),
      }),
    });
    void feed.run();
    const end = () => {
      ending.abort();
      client.close();
    };
    return { feed, end };
  }

  private take(update: StateUpdate): void {
    this.state = updateState(this.state, update, Date.now());
    const added = update.kind === "event" ? timeline([update.event]).length : 0;
    if (this.held === undefined) {
      this.keepPlace(added);
      this.draw();
    } else this.held = { ...this.held, linesAdded: this.held.linesAdded + added };
  }

  /** A held picture stands still whole, its clock and its timeline too. */
  private holdOrRelease(): void {
    const { held } = this;
    this.held =
      held === undefined ? { state: this.state, atMs: Date.now(), linesAdded: 0 } : undefined;
    if (held !== undefined) this.keepPlace(held.linesAdded);
  }

  /** Scrolled back, the timeline stays where it is while lines are added. */
  private keepPlace(linesAdded: number): void {
    const { eventsBack } = this.ui;
    if (eventsBack > 0) this.ui = { ...this.ui, eventsBack: eventsBack + linesAdded };
  }

  private carryOut(command: Command, { state, order }: Scene): void {
    const members = state.members?.body.members ?? [];
    switch (command.kind) {
      case "quit":
        this.options.onQuit();
        break;
      case "copy":
        this.options.onCopy(JSON.stringify(order.find(({ name }) => name === command.member)));
        this.tell(`${command.member} copied as JSON, if the terminal allows it`);
        break;
      case "attach":
        this.attachTo(members.find(({ name }) => name === command.member));
        break;
      case "attach-nth": {
        const byName = [...members].sort((a, b) => compareNames(a.name, b.name));
        const nth = byName[command.place - 1];
        if (nth === undefined) this.tell(`there is no member number ${command.place}`);
        this.attachTo(nth);
        break;
      }
      case "extra":
        this.options.extra?.press(command.key, command.member, (answer) => this.tell(answer));
    }
  }

  private attachTo(member: MemberBody | undefined): void {
    if (member === undefined) return;
    const { name, api } = member;
    if (name === this.state.members?.body.self) this.tell(`${name} is the attached node already`);
    else if (api === null)
      this.tell(`${name} has no API that other machines can reach; set its --api`);
    else {
      this.attach(parseTarget(targetBeside(this.options.target.url, api)).url);
      this.tell(`attached to ${name} at ${api}`);
    }
  }

  /** Now, or when 50 ms have passed since the last scene. */
  private draw(): void {
    this.timer ??= setTimeout(
      () => {
        this.timer = undefined;
        this.drawnAtMs = performance.now();
        this.tickWhileLost();
        this.options.onScene(this.scene);
      },
      Math.max(0, this.drawnAtMs + FRAME_MS_MIN - performance.now()),
    );
  }

  /** Nothing comes of a node that is lost, but the banner says how long it has been silent: a scene a second at least. */
  private tickWhileLost(): void {
    clearTimeout(this.ticker);
    if (this.held !== undefined || this.state.connection.kind !== "lost") return;
    this.ticker = setTimeout(() => this.draw(), TICK_MS);
  }
}

/** Members that the attached node measures, while they are few enough to be asked about one by one. */
function observedIn({ members }: DashboardState): string[] {
  const observed = members?.body.members.filter(({ observed }) => observed) ?? [];
  return observed.length <= RHYTHMS_MAX ? observed.map(({ name }) => name) : [];
}

function factsOf(scene: Scene): KeyFacts {
  const { layout, order, selected, ui, state, extraKeys } = scene;
  const panes = visiblePanes(layout);
  const focused = layout.bands.flat().find(({ pane }) => pane === ui.focus);
  return {
    names: order.map(({ name }) => name),
    selected: selected?.name,
    panes,
    isSingle: layout.isSingle,
    isDetailOpen: panes.includes("detail"),
    pageRows: (focused?.rows ?? layout.size.rows) - 3,
    eventCount: timeline(state.events).length,
    extraKeys,
  };
}
