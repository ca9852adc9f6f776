import type { NodeApi, TrafficCounts } from "../../control/node-api.ts";
import { ViewCache } from "../../control/view-cache.ts";
import type { Endpoint, MemberRecord, Service, StartId } from "../../core/member.ts";
import { createSwimNode } from "../../core/node/swim-node.ts";
import { NodeHost } from "../../host/node-host.ts";
import { KeyringSeal } from "../../keys/keyring-seal.ts";
import { FaultGate } from "../../transport/fault-gate.ts";
import { WiringFaultGate } from "../../transport/wiring/wiring-fault-gate.ts";
import { createCodec } from "../../wire/codec.ts";
import { WIRE_VERSION } from "../../wire/envelope.ts";
import { VERSION_BYTES_MAX } from "../../wire/limits.ts";
import type { DaemonLog } from "../daemon-log.ts";
import { ClusterKeys } from "../keys/cluster-keys.ts";
import { keysResponders } from "../keys/keys-responders.ts";
import { Messages } from "../messaging/messages.ts";
import { QueryCoordinator } from "../messaging/query-coordinator.ts";
import type { DaemonResources } from "../resources.ts";
import type { DaemonSettings } from "../settings.ts";
import { SystemClock } from "../system-clock.ts";
import { systemChance, systemSeededRng } from "../system-rng.ts";
import { packageVersion } from "../version.ts";
import { encryptionBody } from "./encryption-body.ts";
import { EventRouter, type NodeReactions } from "./event-router.ts";
import { warnOfForeigners } from "./foreign-datagrams.ts";
import { datagramAdmission, sendFailures } from "./lost-datagrams.ts";
import { createNodeDiscovery, type NodeDiscovery } from "./node-discovery.ts";
import { NodeFaults, type NodeFaultsOptions } from "./node-faults.ts";

/** What a node and the pump around it are made of. */
export interface RunningNodeOptions {
  readonly settings: DaemonSettings;
  readonly resources: DaemonResources;
  readonly startId: StartId;
  readonly incarnation: number;
  /** Where members were before this start. */
  readonly remembered: readonly Endpoint[];
  readonly log: DaemonLog;
  readonly reactions: NodeReactions;
}

/** The node with the pump around it, and what is read of both. */
export interface RunningNode
  extends Pick<
      NodeApi,
      | "events"
      | "causes"
      | "views"
      | "messages"
      | "keys"
      | "encryption"
      | "traffic"
      | "logLinesDropped"
      | "transitions"
      | "accusations"
      | "falseSuspicions"
    >,
    NodeDiscovery {
  readonly host: NodeHost;
  readonly coordinator: QueryCoordinator;
  /** Undefined without `allowFaults`: then nothing stands between the node and its sockets. */
  readonly faults: NodeFaults | undefined;
}

/** Builds the node over the real codec, transport and clock. Nothing moves before `host.start()`. */
export function createRunningNode(options: RunningNodeOptions): RunningNode {
  const { settings, resources, log, reactions } = options;
  const { keyring, keyStore } = resources;
  const codec = createCodec({
    clusterLabel: settings.cluster,
    seal: keyring && new KeyringSeal({ keyring, purpose: "datagram" }),
    datagramBytesMax: settings.node.datagramBytesMax,
  });
  const discovery = createNodeDiscovery(
    settings,
    () => host,
    (event) => watch.tell(event),
  );
  const { directory, localServices } = discovery;
  const node = createSwimNode({
    self: ownRecord(options, localServices.services()),
    config: settings.node,
    ...systemChance(),
    sizer: codec.sizer,
    hasSeeds: settings.join.length > 0,
    remembered: options.remembered,
  });
  const clock = new SystemClock();
  const views = new ViewCache({
    nowMs: () => clock.nowMs(),
    fetch: (member) => host.submit({ kind: "fetch-view", member }),
  });
  const coordinator = new QueryCoordinator((input) => host.submit(input));
  for (const responder of keysResponders(keyStore, log)) coordinator.respond(responder);
  const watch = new EventRouter({
    name: settings.name,
    log,
    views,
    directory,
    coordinator,
    reactions,
  });
  tellTroubles(resources, watch);
  const gates = settings.allowFaults ? openGates(options) : undefined;
  const host: NodeHost = new NodeHost({
    node,
    admits: datagramAdmission(
      () => clock.nowMs(),
      () => host.snapshot(),
      watch.tell,
    ),
    codec: warnOfForeigners(codec, settings, log),
    transport: gates?.gate ?? resources.transport,
    wiring: gates?.wiringGate ?? resources.wiring,
    clock,
    onEvent: watch.accept,
  });
  return {
    host,
    events: watch.events,
    causes: watch.causes,
    faults: gates && faultsOf(gates, watch, options),
    views,
    ...discovery,
    coordinator,
    messages: new Messages({
      coordinator,
      submit: (input) => host.submit(input),
      noticesOwed: () => host.snapshot().queues.noticesOwed,
    }),
    keys: new ClusterKeys({
      store: keyStore,
      ask: (question, signal) => coordinator.ask(question, signal),
    }),
    traffic: () => ({ ...trafficOf(host, resources), passedOver: { ...codec.passedOver } }),
    logLinesDropped: () => log.dropped ?? 0,
    encryption: () => encryptionBody(keyring),
    transitions: () => watch.transitionCounts(),
    accusations: () => watch.accusationCounts(),
    falseSuspicions: () => watch.falseSuspicionCounts(),
  };
}

/** What the system does not give to this process. */
function tellTroubles({ transport, shortages }: DaemonResources, { tell }: EventRouter): void {
  transport.counters.onSendError = sendFailures(tell);
  shortages.start(tell);
}

function ownRecord(
  { settings, resources, startId, incarnation }: RunningNodeOptions,
  services: readonly Service[],
): MemberRecord {
  return Object.freeze({
    name: settings.name,
    endpoint: resources.endpoint,
    startId,
    incarnation,
    tags: settings.tags,
    services,
    api: resources.apiAddressForOthers,
    protocol: { min: WIRE_VERSION, max: WIRE_VERSION },
    takesWires: resources.wiring.isOpen,
    version: packageVersion().slice(0, VERSION_BYTES_MAX),
  });
}

type Gates = Pick<NodeFaultsOptions, "gate" | "wiringGate">;

function openGates({ settings, resources }: RunningNodeOptions): Gates {
  const { transport, wiring } = resources;
  const self = settings.name;
  return {
    gate: new FaultGate({ self, transport, rng: systemSeededRng() }),
    wiringGate: new WiringFaultGate({ self, wiring, rng: systemSeededRng() }),
  };
}

function faultsOf(
  gates: Gates,
  watch: EventRouter,
  { settings, log }: RunningNodeOptions,
): NodeFaults {
  return new NodeFaults({
    self: settings.name,
    ...gates,
    tell: watch.tell,
    onStall: (stallMs) =>
      log.note("warn", "stall", `FAULTS: stalling for ${stallMs} ms, as requested`, { stallMs }),
  });
}

function trafficOf({ counters }: NodeHost, { transport, wiring }: DaemonResources): TrafficCounts {
  const dropped = Object.entries(counters.dropped).map(([reason, count]) => [
    reason,
    count.datagrams,
  ]);
  return {
    received: counters.received,
    sent: counters.sent,
    dropped: Object.fromEntries(dropped),
    sendErrors: transport.counters.sendErrors,
    wiring: { ...wiring.counters, wires: wiring.wires, acceptedWires: wiring.acceptedWires },
  };
}
