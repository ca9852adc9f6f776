import { setTimeout as pause } from "node:timers/promises";
import type { EventBody } from "../../src/control/api-types.ts";
import { type ControlClient, connectControl } from "../../src/control/client.ts";
import type { LaunchedDaemon } from "../../src/scenario/processes/launched-daemon.ts";
import { formatCount } from "../format/quantities.ts";
import type { Output } from "../output.ts";
import { openLiveScreen } from "../terminal/live-screen.ts";
import { DemoCluster } from "./demo-cluster.ts";
import { formatLiveFrame, type LivePicture } from "./live-frame.ts";

const REFRESH_MS = 200;
const RETRY_MS = 100;
const EVENTS_KEPT = 50;
const CTRL_C = "\x03";
const PHI_SUSPECT_DEFAULT = 8;

/** Events worth a line of the table; the others are for `hearsay events`. */
const SHOWN: ReadonlySet<EventBody["event"]> = new Set([
  "member-changed",
  "isolated-changed",
  "refuted",
  "suspicion-cleared",
]);

/** A small cluster with a live table, until `q` or Ctrl-C. Needs a terminal on stdin and stdout. */
export async function runLiveDemo(count: number, output: Output): Promise<void> {
  const cluster = new DemoCluster();
  const names = Array.from({ length: count }, (_, at) => `n${at + 1}`);
  output.talk(`Starting ${formatCount(count, "daemon")} …`);
  try {
    await cluster.start("n1");
    await Promise.all(names.slice(1).map((name) => cluster.start(name)));
    await new LiveDemo(cluster, names, output).run();
  } finally {
    await cluster.endAll();
  }
  output.talk(`${formatCount(count, "daemon")} ended.`);
}

class LiveDemo {
  readonly #cluster: DemoCluster;
  readonly #names: readonly string[];
  readonly #output: Output;
  readonly #quitting = new AbortController();
  readonly #screen = openLiveScreen(process.stdout);
  #picture: LivePicture;

  constructor(cluster: DemoCluster, names: readonly string[], output: Output) {
    this.#cluster = cluster;
    this.#names = names;
    this.#output = output;
    this.#picture = {
      body: undefined,
      phiSuspect: PHI_SUSPECT_DEFAULT,
      selected: names.at(-1) ?? "n1",
      events: [],
      notice: "Every line is a process: kill one, freeze one, and see who notices.",
    };
  }

  async run(): Promise<void> {
    const quit = () => this.#quitting.abort();
    const redraw = () => this.#draw();
    const onKeys = (keys: Buffer) => this.#onKeys(keys.toString("latin1"));
    process.once("SIGTERM", quit).once("SIGINT", quit).once("SIGHUP", quit);
    process.stdout.on("resize", redraw);
    process.stdin.setRawMode(true).resume().on("data", onKeys);
    try {
      while (!this.#quitting.signal.aborted) await this.#lookThroughFirstViewer();
    } finally {
      process.stdin.off("data", onKeys).setRawMode(false).pause();
      process.stdout.off("resize", redraw);
      this.#screen.close();
    }
  }

  /** Follows one node until it stops answering; the next round finds another. */
  async #lookThroughFirstViewer(): Promise<void> {
    const viewer = this.#cluster.viewers().find((name) => this.#apiOf(name) !== undefined);
    if (viewer === undefined) {
      this.#show({ notice: "no daemon runs; r restarts the selected one" });
      await this.#pause(RETRY_MS);
      return;
    }
    const stopping = new AbortController();
    const signal = AbortSignal.any([stopping.signal, this.#quitting.signal]);
    const client = connectControl(`http://${this.#apiOf(viewer)}`, { signal, timeoutMs: 1_000 });
    try {
      await Promise.race([this.#followMembers(client, viewer), this.#followEvents(client)]);
    } catch {
      // Killed, frozen or gone: that is what this demo is for.
    } finally {
      stopping.abort();
      client.close();
    }
    await this.#pause(RETRY_MS);
  }

  async #followMembers(client: ControlClient, viewer: string): Promise<void> {
    const { phiSuspect } = await client.self();
    while (this.#cluster.viewers().includes(viewer)) {
      this.#show({ body: await client.members(), phiSuspect });
      await this.#pause(REFRESH_MS);
    }
  }

  async #followEvents(client: ControlClient): Promise<void> {
    const since = this.#picture.events.length === 0 ? 0 : undefined;
    for await (const item of client.events(since === undefined ? {} : { since })) {
      if (!("event" in item) || !SHOWN.has(item.event.event)) continue;
      this.#show({ events: [...this.#picture.events, item.event].slice(-EVENTS_KEPT) });
    }
  }

  /** Several keys may arrive at once, and an arrow is three characters. */
  #onKeys(keys: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
    for (const [key] of keys.matchAll(/\x1b[[O][A-D]|[\s\S]/g)) this.#onKey(key);
  }

  #onKey(key: string): void {
    if (key === "q" || key === CTRL_C) this.#quitting.abort();
    else if (/^.[[O]A$/.test(key)) this.#select(-1);
    else if (/^.[[O]B$/.test(key)) this.#select(1);
    else this.#act(key);
  }

  #select(step: number): void {
    const at = this.#names.indexOf(this.#picture.selected) + step;
    const selected = this.#names[Math.min(Math.max(at, 0), this.#names.length - 1)];
    if (selected !== undefined) this.#show({ selected });
  }

  #act(key: string): void {
    const daemon = this.#cluster.daemon(this.#picture.selected);
    const notice =
      daemon.end === undefined ? this.#actOnRunning(key, daemon) : this.#actOnEnded(key, daemon);
    if (notice !== undefined) this.#show({ notice });
  }

  #actOnRunning(key: string, daemon: LaunchedDaemon): string | undefined {
    const { name } = daemon;
    if (key === "k") {
      daemon.signal("SIGKILL");
      return `${name} is killed`;
    }
    if (key === "f" && daemon.isFrozen) {
      daemon.thaw();
      return `${name} is thawed`;
    }
    if (key === "f") {
      daemon.freeze();
      return `${name} is frozen; f thaws it`;
    }
    if (key === "l" && !daemon.isFrozen) {
      daemon.signal("SIGTERM");
      return `${name} says goodbye`;
    }
    if (key === "l") return `${name} is frozen and cannot say goodbye; f thaws it`;
    return key === "r" ? `${name} runs already` : undefined;
  }

  #actOnEnded(key: string, { name }: LaunchedDaemon): string | undefined {
    if (key === "r") {
      this.#cluster.start(name).then(
        () => this.#show({ notice: `${name} runs again` }),
        (error: Error) => this.#show({ notice: error.message }),
      );
      return `${name} starts again`;
    }
    return ["k", "f", "l"].includes(key) ? `${name} does not run; r restarts it` : undefined;
  }

  #show(change: Partial<LivePicture>): void {
    this.#picture = { ...this.#picture, ...change };
    this.#draw();
  }

  #draw(): void {
    if (this.#quitting.signal.aborted) return;
    const size = { columns: process.stdout.columns ?? 80, rows: process.stdout.rows ?? 24 };
    this.#screen.draw(formatLiveFrame(this.#output.style, this.#picture, size));
  }

  async #pause(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.#quitting.signal }).catch(() => undefined);
  }

  #apiOf(name: string): string | undefined {
    return this.#cluster.daemon(name).bound?.api;
  }
}
