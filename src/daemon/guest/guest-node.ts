import type { ControlledMessages, TrafficCounts } from "../../control/node-api.ts";
import { ViewCache } from "../../control/view-cache.ts";
import { ConfigError } from "../../core/errors.ts";
import type { Input } from "../../core/input.ts";
import type { MemberRecord, Millis, StartId } from "../../core/member.ts";
import { DEAD_KNOWN_MS_DEFAULT } from "../../discovery/directory/instances.ts";
import { FLAP_HOLD_MS_DEFAULT } from "../../discovery/directory/pool-steadier.ts";
import { ServiceDirectory } from "../../discovery/directory/service-directory.ts";
import {
  PANIC_SHARES_DEFAULT,
  REMOVAL_SHARES_DEFAULT,
} from "../../discovery/directory/service-shares.ts";
import { LocalServices } from "../../discovery/registrations/local-services.ts";
import { POOL_GRAFANA, POOL_LAN } from "../../pool/core/pool-config.ts";
import { createPoolWatch } from "../../pool/core/pool-watch.ts";
import { createPoolReader, type PoolKind } from "../../pool/host/dialect.ts";
import { PoolHost } from "../../pool/host/pool-host.ts";
import type { DaemonLog } from "../daemon-log.ts";
import { EventRouter, type NodeReactions } from "../node/event-router.ts";
import { datagramAdmission } from "../node/lost-datagrams.ts";
import { SystemClock } from "../system-clock.ts";
import { systemSeededRng } from "../system-rng.ts";
import type { FirstContact } from "./first-contact.ts";
import type { GuestResources } from "./guest-resources.ts";
import type { GuestSettings } from "./guest-settings.ts";
import { SerfEvents } from "./serf-events.ts";

/** What a guest is put together from. */
export interface GuestNodeOptions {
  readonly settings: GuestSettings;
  readonly contact: FirstContact;
  readonly resources: GuestResources;
  readonly startId: StartId;
  readonly log: DaemonLog;
  readonly reactions: NodeReactions;
}

/** A watcher of a pool with all that listens to it, in the places that a node has in a daemon. */
export type GuestNode = ReturnType<typeof createGuestNode>;

const POLICY = {
  panic: PANIC_SHARES_DEFAULT,
  removals: REMOVAL_SHARES_DEFAULT,
  flapHoldMs: FLAP_HOLD_MS_DEFAULT,
  deadKnownMs: DEAD_KNOWN_MS_DEFAULT,
};

/** Grafana's packets may be longer than UDP's; this is what can be inflated without holding the event loop for long. */
const GRAFANA_INFLATED_BYTES_MAX = 2 * 1024 * 1024;

/** Consul's agents are Serf's. */
const SPEAK_SERF: readonly PoolKind[] = ["serf", "consul"];

/** However many look at a guest's views. */
const VIEW_STALE_MS: Millis = 3000;
const VIEWS_PER_S = 4;

const NOTHING_SAID = "this is a guest in another engine's pool, and a guest says nothing there";

/** A guest that is not started yet. */
export function createGuestNode(options: GuestNodeOptions) {
  const { settings, contact, resources, log, reactions } = options;
  const { transport, views: streams } = resources;
  const nowMs = () => performance.now();
  const self = guestRecord(options);
  const config = contact.kind === "grafana" ? POOL_GRAFANA : POOL_LAN;
  const watch = createPoolWatch({
    self,
    config,
    rng: systemSeededRng(),
    reader: createPoolReader(contact.kind, settings.services),
  });
  const views = new ViewCache({
    nowMs,
    fetch: (member) => host.submit({ kind: "fetch-view", member }),
    // Each is a stream that carries all that the member knows.
    staleMs: VIEW_STALE_MS,
    fetchesPerS: VIEWS_PER_S,
  });
  const directory = new ServiceDirectory(
    {
      nowMs,
      wallTime: () => new Date(),
      onEvent: (event) => router.tell(event),
      snapshot: () => host.snapshot(),
      explain: (member) => host.explain(member),
      watch: (subjects, forMs) => host.submit({ kind: "watch", subjects, forMs }),
    },
    POLICY,
  );
  const localServices = new LocalServices(
    { tags: {}, services: [], allowScripts: false },
    { nowMs, onEvent: () => {}, advertise: () => {}, validate: () => NOTHING_SAID },
  );
  const coordinator = { accept: () => {} };
  const router = new EventRouter({
    name: settings.name,
    ...{ log, views, directory, coordinator, reactions },
  });
  const host: PoolHost = new PoolHost({
    watch,
    security: contact.isGrafana
      ? { ...settings.security, inflatedBytesMax: GRAFANA_INFLATED_BYTES_MAX }
      : settings.security,
    transport,
    admits: datagramAdmission(nowMs, () => host.snapshot(), router.tell),
    views: streams,
    clock: new SystemClock(),
    self: { name: settings.name, endpoint: transport.local },
    onEvent: router.accept,
    ...(SPEAK_SERF.includes(contact.kind) && { engine: new SerfEvents(router.accept) }),
  });
  resources.shortages.start(router.tell);
  return {
    ...{ host, views, directory, localServices },
    events: router.events,
    causes: router.causes,
    messages: SILENT,
    probeIntervalMs: config.probeIntervalMs,
    faults: undefined,
    submit: (input: Input) => submit(host, input),
    traffic: () => trafficOf(host, resources),
    shortages: () => resources.shortages.counts,
    transitions: () => router.transitionCounts(),
    accusations: () => router.accusationCounts(),
    falseSuspicions: () => router.falseSuspicionCounts(),
  };
}

/** What the API asks of a node, as far as it makes sense of a pool that is only looked at. */
function submit(host: PoolHost, input: Input): void {
  if (input.kind === "fetch-view" || input.kind === "watch" || input.kind === "join") {
    host.submit(input);
  } else if (input.kind === "forget") {
    throw new ConfigError(`forget: ${NOTHING_SAID}; the pool itself forgets its dead`);
  }
}

const SILENT: ControlledMessages = {
  busyWith: () => undefined,
  tell: () => {
    throw new ConfigError(`event: ${NOTHING_SAID}; use the pool's own tools, such as serf event`);
  },
  ask: async () => {
    throw new ConfigError(`query: ${NOTHING_SAID}; use the pool's own tools, such as serf query`);
  },
};

/** It is in no list of the pool. */
function guestRecord({ settings, resources, startId }: GuestNodeOptions): MemberRecord {
  return Object.freeze({
    name: settings.name,
    endpoint: resources.transport.local,
    startId,
    incarnation: 0,
    tags: {},
    services: [],
    api: null,
    protocol: { min: 1, max: 5 },
    takesWires: false,
  });
}

function trafficOf({ counters, dropped }: PoolHost, { transport }: GuestResources): TrafficCounts {
  return {
    received: counters.received,
    sent: counters.sent,
    dropped,
    sendErrors: transport.counters.sendErrors,
    wiring: {
      ...{ wires: 0, acceptedWires: 0, opened: 0, accepted: 0, wordless: 0 },
      failed: {},
      // Whole views are asked for over streams.
      dials: { view: counters.viewsAsked, ...counters.viewsFailed },
      ...{ turnedAway: {}, acceptErrors: {} },
    },
  };
}
