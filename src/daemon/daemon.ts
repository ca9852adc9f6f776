import { networkInterfaces } from "node:os";
import type { JoinBody, LeaveBody, ReloadBody } from "../control/api-types.ts";
import type { NodeApi } from "../control/node-api.ts";
import { ConfigError } from "../core/errors.ts";
import type { Endpoint, StartId } from "../core/member.ts";
import { handlerEnvironment } from "./api/handler-environment.ts";
import { type DaemonExit, joinRefusedExit, nameTakenExit } from "./daemon-exit.ts";
import type { DaemonLog } from "./daemon-log.ts";
import { type DaemonReady, describeIdentity, describeReady, noteReady } from "./daemon-ready.ts";
import { DaemonWarnings } from "./daemon-warnings.ts";
import { EventHandlers } from "./messaging/event-handlers.ts";
import type { Responder } from "./messaging/query-coordinator.ts";
import { commandResponder } from "./messaging/query-handler.ts";
import type { NodeReactions } from "./node/event-router.ts";
import { serveDns } from "./node/node-discovery.ts";
import { createRunningNode, type RunningNode } from "./node/running-node.ts";
import { ProcessSignals } from "./process-signals.ts";
import { applySecrets, compareSettings, describeReload, readSecretsAnew } from "./reloading.ts";
import { type DaemonResources, openResources } from "./resources.ts";
import { SeedDialer } from "./seed-dialer.ts";
import { parseHostPort } from "./settings/host-port.ts";
import { requireReachableSeed } from "./settings/reachable-seeds.ts";
import { DEFAULT_GOSSIP_PORT } from "./settings/schemas.ts";
import type { DaemonSettings } from "./settings.ts";
import { newStartId } from "./start-id.ts";
import { SavedState } from "./storage/saved-state.ts";

/** What a daemon is started with beside its settings. */
export interface DaemonOptions {
  /** Where SIGINT, SIGTERM and SIGHUP come from; `process` in the command, nothing when embedded. */
  readonly signals?: NodeJS.Process;
  /** Settings anew, for SIGHUP and `POST /v1/reload`. @throws ConfigError */
  readonly reread?: () => DaemonSettings;
  /** In place of lines on standard error. */
  readonly log?: DaemonLog;
}

/** A daemon in business, for the program that started it. */
export interface RunningDaemon {
  readonly ready: DaemonReady;
  /** What the control API reads and commands, for the program that this daemon is part of. */
  readonly node: NodeApi;
  /** Lets that program answer queries, until the returned function is called. */
  respond(responder: Responder): () => void;
  /** Says goodbye to the cluster, then stops; `done` follows. */
  leave(): Promise<LeaveBody>;
  /** Stops without a goodbye: to the others this is a crash. */
  stop(): Promise<void>;
  /** Puts tags, services, log level, keys, tokens and certificate of `settings` in force. */
  reload(settings: DaemonSettings): ReloadBody;
  /** Settles once everything is closed. */
  readonly done: Promise<DaemonExit>;
}

/**
 * Starts a daemon and resolves once it is in business; whether anybody answers at the join addresses is told later, in its
 * log and events.
 *
 * @throws ConfigError for what the operator can put right: a port in use, a data directory taken
 */
export async function startDaemon(
  settings: DaemonSettings,
  options: DaemonOptions = {},
): Promise<RunningDaemon> {
  const startedAtS = Math.floor(Date.now() / 1000);
  const startId = newStartId(startedAtS);
  const log = options.log ?? (await openLog(settings));
  const resources = await openResources(settings, startId, log);
  const daemon = new Daemon({ settings, options, startedAtS, startId, log, resources });
  daemon.start();
  return daemon;
}

/** The log's library is loaded only where no other log is given. */
async function openLog(settings: DaemonSettings): Promise<DaemonLog> {
  const { openDaemonLog } = await import("./daemon-log.ts");
  return openDaemonLog(settings);
}

interface DaemonParts {
  readonly settings: DaemonSettings;
  readonly options: DaemonOptions;
  readonly startedAtS: number;
  readonly startId: StartId;
  readonly log: DaemonLog;
  readonly resources: DaemonResources;
}

/** Longest wait for the node's own goodbye, which takes 400 ms at most. */
const GOODBYE_MS = 1000;

/** Longest run of a command of the operator. */
const HANDLER_MS = 30_000;

class Daemon implements RunningDaemon {
  readonly ready: DaemonReady;
  readonly node: NodeApi;
  readonly done: Promise<DaemonExit>;
  private readonly log: DaemonLog;
  private readonly resources: DaemonResources;
  private readonly options: DaemonOptions;
  private readonly saved: SavedState;
  private readonly running: RunningNode;
  private readonly dialer: SeedDialer;
  private readonly handlers: EventHandlers;
  private readonly warnings: DaemonWarnings;
  private readonly signals: ProcessSignals;
  private readonly startedAtMs = performance.now();
  private settings: DaemonSettings;
  /** What the join addresses were when they were dialled last. */
  private dialled: readonly Endpoint[] = [];
  private leaving: Promise<LeaveBody> | undefined;
  private closing: Promise<void> | undefined;
  private goodbye: (outcome: LeaveBody) => void = () => undefined;
  private settle: (exit: DaemonExit) => void = () => undefined;

  constructor({ settings, options, startedAtS, startId, log, resources }: DaemonParts) {
    this.settings = settings;
    this.options = options;
    this.log = log;
    this.resources = resources;
    const { transport, endpoint: advertised } = resources;
    this.warnings = new DaemonWarnings(log, { local: transport.local, advertised });
    this.signals = new ProcessSignals(options.signals, {
      onEnd: () => this.endBySignal(),
      onHangUp: () => this.reloadBySignal(),
    });
    this.saved = new SavedState(resources.directory?.path, settings, (warning) =>
      log.note("warn", "warning", warning),
    );
    this.running = createRunningNode({
      settings,
      resources,
      startId,
      incarnation: this.saved.startIncarnation(startedAtS),
      remembered: this.saved.loadPeers(),
      log,
      reactions: this.reactions(),
    });
    this.dialer = new SeedDialer({
      resolver: resources.seeds,
      dial: ({ endpoints: seeds, hasUnresolved }) => {
        this.dialled = seeds;
        this.running.host.submit({ kind: "join", seeds, hasUnresolved });
      },
    });
    this.ready = describeReady(settings, resources, startId);
    this.node = this.controlled();
    this.handlers = this.openHandlers();
    this.done = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  start(): void {
    this.signals.listen();
    this.running.host.start();
    this.running.directory.start();
    this.running.localServices.start();
    this.resources.api?.server.serve(this.node);
    const { dns } = this.resources;
    if (dns !== undefined) serveDns(dns, this.running.directory, this.settings.dnsTtlS);
    noteReady(this.log, this.ready, this.resources);
    if (this.running.faults !== undefined) this.warnings.faultsAllowed();
    this.warnings.serviceLinksIgnored(this.settings.serviceLinks);
  }

  respond(responder: Responder): () => void {
    return this.running.coordinator.respond(responder);
  }

  leave(): Promise<LeaveBody> {
    this.leaving ??= this.sayGoodbye();
    return this.leaving;
  }

  stop(): Promise<void> {
    return this.finish({ exitCode: 0, reason: "stopped" });
  }

  reload(settings: DaemonSettings): ReloadBody {
    const anew = readSecretsAnew(this.resources, this.settings, settings);
    const outcome = compareSettings(this.settings, settings, anew);
    const { tags, services, logLevel } = settings;
    // What is refused must not count as known the next time.
    this.running.localServices.configure(tags, services);
    const ofSecrets = applySecrets(this.resources, anew, settings, this.log);
    this.settings = { ...this.settings, tags, services, logLevel, ...ofSecrets };
    this.log.setLevel(logLevel);
    const { changed, needRestart } = outcome;
    this.log.note("info", "reloaded", describeReload(outcome), { changed, needRestart });
    return outcome;
  }

  private async sayGoodbye(): Promise<LeaveBody> {
    const outcome = await new Promise<LeaveBody>((resolve) => {
      this.goodbye = resolve;
      setTimeout(() => resolve({ v: 1, told: 0, acked: 0 }), GOODBYE_MS).unref();
      this.running.host.submit({ kind: "leave" });
    });
    // A client that asked for this has its answer on the way before the server closes.
    setImmediate(() => void this.finish({ exitCode: 0, reason: "left the cluster" }));
    return outcome;
  }

  private finish(exit: DaemonExit): Promise<void> {
    this.closing ??= this.close().then(() => this.settle(exit));
    return this.closing;
  }

  private async close(): Promise<void> {
    this.saved.close();
    this.running.host.stop();
    this.dialer.close();
    this.running.coordinator.close();
    await this.handlers.close();
    this.running.faults?.close();
    this.running.directory.close();
    this.running.localServices.close();
    await this.resources.close();
    this.signals.close();
  }

  private endBySignal(): void {
    if (this.leaving === undefined) void this.leave();
    else
      this.settle({ exitCode: 1, reason: "ended by a second signal before it had said goodbye" });
  }

  private reloadBySignal(): void {
    try {
      this.reread();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.log.note("warn", "reload-refused", `not reloaded: ${error.message}`);
    }
  }

  private reread(): ReloadBody {
    const { reread } = this.options;
    if (reread === undefined) {
      throw new ConfigError(
        "reload: this daemon is part of another program, which keeps its settings; change them there",
      );
    }
    return this.reload(reread());
  }

  /** Puts the operator's commands to work; they ask this node when they run `hearsay`. */
  private openHandlers(): EventHandlers {
    const { log, running, settings } = this;
    const env = handlerEnvironment(this.ready, settings);
    for (const spec of settings.onQuery)
      running.coordinator.respond(commandResponder(spec, env, log));
    const { events } = running;
    return new EventHandlers({ specs: settings.onEvent, events, log, env, timeoutMs: HANDLER_MS });
  }

  private reactions(): NodeReactions {
    return {
      wantSeeds: () => void this.dialer.dialSeeds(),
      incarnationRaised: (incarnation) => this.saved.saveIncarnation(incarnation),
      membersChanged: () => this.saved.noteMembers(() => this.running.host.snapshot().members),
      nameLost: (event) => void this.finish(nameTakenExit(this.settings.name, event)),
      joinRefused: (event) => void this.finish(joinRefusedExit(event)),
      left: ({ told, acked }) => this.goodbye({ v: 1, told, acked }),
      nobodyAnswers: () => void this.warnings.nobodyAnswers(this.dialled, () => !this.isAlone()),
      oftenAccused: () => void this.warnings.oftenAccused(),
    };
  }

  /** False also once it is closing: then nobody is missed. */
  private isAlone(): boolean {
    return this.closing === undefined && this.running.host.snapshot().members.length <= 1;
  }

  private async join(addresses: readonly string[]): Promise<JoinBody> {
    const seeds = addresses.flatMap((each) => parseHostPort(each, DEFAULT_GOSSIP_PORT) ?? []);
    requireReachableSeed(seeds, this.settings.bind, networkInterfaces());
    return this.dialer.join(addresses);
  }

  private controlled(): NodeApi {
    const { host, ...readings } = this.running;
    return {
      ...readings,
      identity: describeIdentity(this.settings, this.resources, this.ready),
      snapshot: () => host.snapshot(),
      explain: (member) => host.explain(member),
      submit: (input) => host.submit(input),
      dns: this.resources.dns,
      uptimeMs: () => performance.now() - this.startedAtMs,
      loopLagP99Ms: () => this.resources.loopLag.p99Ms(),
      shortages: () => this.resources.shortages.counts,
      join: (addresses) => this.join(addresses),
      leave: () => this.leave(),
      reload: async () => this.reread(),
    };
  }
}
