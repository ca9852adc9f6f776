import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { isSocketPath } from "../../control/api-address.ts";
import type { JoinBody, LeaveBody, ReloadBody } from "../../control/api-types.ts";
import type { NodeApi } from "../../control/node-api.ts";
import { ConfigError } from "../../core/errors.ts";
import { formatEndpoint, isPresent, type Millis, type StartId } from "../../core/member.ts";
import { readApiSecrets } from "../api/api-secrets.ts";
import type { DaemonExit } from "../daemon-exit.ts";
import { type DaemonLog, openDaemonLog } from "../daemon-log.ts";
import type { NodeReactions } from "../node/event-router.ts";
import { serveDns } from "../node/node-discovery.ts";
import { ProcessSignals } from "../process-signals.ts";
import { describeReload } from "../reloading.ts";
import { SeedDialer } from "../seed-dialer.ts";
import { boundApiAddress } from "../settings/api-address.ts";
import { newStartId } from "../start-id.ts";
import { buildCommit, packageVersion } from "../version.ts";
import { type FirstContact, makeContact } from "./first-contact.ts";
import { createGuestNode, type GuestNode } from "./guest-node.ts";
import { type GuestResources, openGuestResources } from "./guest-resources.ts";
import type { GuestSettings } from "./guest-settings.ts";

/** What a guest is started with beside its settings. */
export interface GuestOptions {
  /** Where SIGINT and SIGTERM come from. */
  readonly signals?: NodeJS.Process;
  /** In place of lines on standard error. */
  readonly log?: DaemonLog;
}

/** A guest in business. */
export interface RunningGuest {
  readonly apiUrl: string;
  /** What the control API reads. */
  readonly node: NodeApi;
  /** Resolves once each member that is present was heard, or after two seconds: for who takes one look. */
  firstRound(): Promise<void>;
  /** Ends it; the pool never knew of it. */
  stop(): Promise<void>;
  /** Settles once everything is closed. */
  readonly done: Promise<DaemonExit>;
}

/**
 * Looks at a pool of another engine from outside: resolves once a member has answered.
 *
 * @throws ConditionNotMetError of one sentence where none does; ConfigError for what the operator can put right
 */
export async function startGuest(
  settings: GuestSettings,
  options: GuestOptions = {},
): Promise<RunningGuest> {
  const startId = newStartId(Math.floor(Date.now() / 1000));
  const log = options.log ?? openDaemonLog(settings);
  const contact = await makeContact(settings);
  const resources = await openGuestResources(settings, contact, startId, log);
  const guest = new Guest({ settings, options, startId, log, contact, resources });
  // Opening the API has loaded what serves it, which held the event loop for long enough.
  await nextTurn();
  guest.start();
  return guest;
}

const FIRST_ROUND_MS: Millis = 2000;
const FIRST_ROUND_STEP_MS: Millis = 50;

interface GuestParts {
  readonly settings: GuestSettings;
  readonly options: GuestOptions;
  readonly startId: StartId;
  readonly log: DaemonLog;
  readonly contact: FirstContact;
  readonly resources: GuestResources;
}

class Guest implements RunningGuest {
  readonly apiUrl: string;
  readonly node: NodeApi;
  readonly done: Promise<DaemonExit>;
  private readonly apiAddress: string;
  private readonly parts: GuestParts;
  private readonly guest: GuestNode;
  private readonly dialer: SeedDialer;
  private readonly signals: ProcessSignals;
  private readonly startedAtMs = performance.now();
  private closing: Promise<void> | undefined;
  private settle: (exit: DaemonExit) => void = () => undefined;

  constructor(parts: GuestParts) {
    this.parts = parts;
    const { resources, options } = parts;
    this.guest = createGuestNode({ ...parts, reactions: this.reactions() });
    this.dialer = new SeedDialer({
      resolver: resources.seeds,
      dial: ({ endpoints: seeds, hasUnresolved }) =>
        this.guest.host.submit({ kind: "join", seeds, hasUnresolved }),
    });
    this.signals = new ProcessSignals(options.signals, {
      onEnd: () => void this.stop(),
      onHangUp: () => this.reloadBySignal(),
    });
    const { address, isTls } = resources.api.server;
    this.apiAddress = boundApiAddress(address, resources.transport.local);
    this.apiUrl = isSocketPath(address)
      ? this.apiAddress
      : `${isTls ? "https" : "http"}://${this.apiAddress}`;
    this.node = this.controlled();
    this.done = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  start(): void {
    const { contact, resources } = this.parts;
    this.signals.listen();
    this.noteReady();
    this.guest.host.start();
    this.guest.directory.start();
    // What the first contact brought need not be asked for again.
    const { endpoint: from, view } = contact;
    this.guest.host.takeFirstView(from, view);
    resources.api.server.serve(this.node);
    if (resources.dns !== undefined) serveDns(resources.dns, this.guest.directory, 0);
  }

  async firstRound(): Promise<void> {
    const untilMs = performance.now() + FIRST_ROUND_MS;
    while (performance.now() < untilMs && !this.hasHeardAll()) await pause(FIRST_ROUND_STEP_MS);
  }

  private hasHeardAll(): boolean {
    const present = this.guest.host.snapshot().members.filter(({ state }) => isPresent(state));
    return present.length > 0 && present.every(({ observed, phi }) => !observed || phi !== null);
  }

  stop(): Promise<void> {
    this.closing ??= this.close().then(() => this.settle({ exitCode: 0, reason: "stopped" }));
    return this.closing;
  }

  private async close(): Promise<void> {
    this.guest.host.stop();
    this.dialer.close();
    this.guest.directory.close();
    this.guest.localServices.close();
    await this.parts.resources.close();
    this.signals.close();
  }

  private noteReady(): void {
    const { settings, contact, resources, log } = this.parts;
    const { dns, transport } = resources;
    const pool = poolName(settings, contact);
    const dnsText = dns === undefined ? "" : `, DNS ${formatEndpoint(dns.endpoint)}`;
    const text = `guest in the ${pool} pool at ${formatEndpoint(contact.endpoint)}: API ${this.apiUrl}${dnsText}`;
    const address = formatEndpoint(transport.local);
    log.note("info", "ready", text, { address, api: this.apiUrl, pool, pid: process.pid });
  }

  private reactions(): NodeReactions {
    const nothing = () => {};
    return {
      wantSeeds: () => void this.dialer.dialSeeds(),
      nobodyAnswers: () =>
        this.parts.log.note(
          "warn",
          "nobody-answers",
          "no member of the pool answers any more; still trying",
        ),
      ...{ incarnationRaised: nothing, membersChanged: nothing, nameLost: nothing },
      ...{ joinRefused: nothing, left: nothing, oftenAccused: nothing },
    };
  }

  private controlled(): NodeApi {
    const { host, ...readings } = this.guest;
    const { settings, contact, resources, startId, log } = this.parts;
    return {
      ...readings,
      identity: {
        name: settings.name,
        startId,
        address: formatEndpoint(resources.transport.local),
        api: this.apiAddress,
        apiScheme: resources.api.server.isTls ? "https" : "http",
        pid: process.pid,
        version: packageVersion(),
        commit: buildCommit(),
        cluster: poolName(settings, contact),
        probeIntervalMs: this.guest.probeIntervalMs,
        receiveBufferBytes: resources.transport.recvBufferBytes,
      },
      snapshot: () => host.snapshot(),
      explain: (member) => host.explain(member),
      paths: () => host.paths(),
      dns: resources.dns,
      uptimeMs: () => performance.now() - this.startedAtMs,
      encryption: () => null,
      logLinesDropped: () => log.dropped ?? 0,
      loopLagP99Ms: () => resources.loopLag.p99Ms(),
      join: (addresses): Promise<JoinBody> => this.dialer.join(addresses),
      leave: () => this.leave(),
      reload: async () => this.reload(),
    };
  }

  /** A guest has no file of settings: what can change are its tokens and its certificate. */
  private reload(): ReloadBody {
    const { settings, resources, log } = this.parts;
    const secrets = readApiSecrets(settings);
    const changed = resources.api.differing(secrets);
    resources.api.renew(secrets);
    const outcome: ReloadBody = { v: 1, changed, needRestart: [] };
    log.note("info", "reloaded", describeReload(outcome), { changed });
    return outcome;
  }

  private reloadBySignal(): void {
    try {
      this.reload();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.parts.log.note("warn", "reload-refused", `not reloaded: ${error.message}`);
    }
  }

  private async leave(): Promise<LeaveBody> {
    // The client that asked for this has its answer on the way before the server closes.
    setImmediate(() => void this.stop());
    return { v: 1, told: 0, acked: 0 };
  }
}

function poolName({ label }: GuestSettings, { kind }: FirstContact): string {
  return label === "" ? kind : `${kind} ${label}`;
}
