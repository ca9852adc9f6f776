import { isPresent } from "../../core/member.ts";
import type { NodeSnapshot } from "../../core/snapshot.ts";
import { countStates } from "../bodies.ts";
import type { EncryptionBody } from "../encryption-types.ts";
import type { NodeApi, TrafficCounts } from "../node-api.ts";
import { counter, gauge, type Metric, metricPieces, one, type Sample } from "./metric-samples.ts";
import type { Pieces } from "./page-maker.ts";
import { pathMetrics } from "./path-metrics.ts";
import { consumerMetrics, serviceMetrics } from "./service-metrics.ts";
import { suspicionMetrics } from "./suspicion-metrics.ts";
import type { WaitingClients } from "./waiting.ts";
import { wiringMetrics } from "./wiring-metrics.ts";

/** `GET /v1/metrics`: everything is read from the node when it is asked, so that nothing is kept up to date between scrapes. */
export function* metricsPage(node: NodeApi, clients: WaitingClients): Pieces {
  for (const metric of metricsOf(node, clients)) yield* metricPieces(metric);
}

function* metricsOf(node: NodeApi, clients: WaitingClients): Generator<Metric, void> {
  const snapshot = node.snapshot();
  yield* memberMetrics(node, snapshot);
  yield* suspicionMetrics(node, snapshot);
  yield* pathMetrics(node);
  yield* trafficMetrics(node.traffic());
  yield* wiringMetrics(node.traffic().wiring);
  yield* keyMetrics(node.encryption());
  yield* serviceMetrics(node);
  yield* consumerMetrics(node, clients);
  yield* buildMetrics(node, snapshot);
  yield* processMetrics(node);
}

function memberMetrics(node: NodeApi, snapshot: NodeSnapshot): Metric[] {
  const observed = snapshot.members.filter((member) => member.observed);
  const states = Object.entries(countStates(snapshot)).map(
    ([state, count]): Sample => [{ state }, count],
  );
  const phi = observed.flatMap(({ record, phi }): Sample[] =>
    phi === null ? [] : [[{ member: record.name }, phi]],
  );
  const rtt = observed.flatMap(({ record, rttMs }): Sample[] =>
    rttMs === null ? [] : [[{ member: record.name }, rttMs.mean / 1000]],
  );
  const transitions = node
    .transitions()
    .map(({ from, to, cause, count }): Sample => [{ from, to, cause }, count]);
  const { queues, stalls } = snapshot;
  return [
    gauge("hearsay_members", "Members in this node's view by state", states),
    gauge("hearsay_member_phi", "Suspicion level of each observed member", phi),
    gauge("hearsay_member_rtt_seconds", "Mean round trip to each observed member", rtt),
    counter(
      "hearsay_member_transitions_total",
      "Changes of members' states in this view by why they came about",
      transitions,
    ),
    gauge(
      "hearsay_local_health",
      "How far this node distrusts itself: 0 healthy, 8 worst",
      one(snapshot.localHealth),
    ),
    gauge(
      "hearsay_ready",
      "1 while this node's view is whole, so that consumers are answered",
      one(snapshot.notYet === null ? 1 : 0),
    ),
    gauge(
      "hearsay_isolated",
      "1 while this node hears from no other member",
      one(snapshot.isolated ? 1 : 0),
    ),
    counter("hearsay_stalls_total", "Times in which this process did not run", one(stalls.count)),
    counter(
      "hearsay_stalled_seconds_total",
      "Time in which this process did not run",
      one(stalls.totalMs / 1000),
    ),
    gauge("hearsay_queue_length", "Work owed by kind", [
      [{ queue: "updates_owed" }, queues.updatesOwed],
      [{ queue: "suspicions" }, queues.suspicions],
      [{ queue: "relays" }, queues.relays],
      [{ queue: "notices_owed" }, queues.noticesOwed],
    ]),
  ];
}

function trafficMetrics(traffic: TrafficCounts): Metric[] {
  const { received, sent, dropped, passedOver = {}, sendErrors } = traffic;
  const directions = [...kindSamples("in", received), ...kindSamples("out", sent)];
  return [
    counter(
      "hearsay_messages_total",
      "Messages by kind and direction",
      directions.map(([labels, count]): Sample => [labels, count.datagrams]),
    ),
    counter(
      "hearsay_message_bytes_total",
      "UDP payload bytes by kind and direction",
      directions.map(([labels, count]): Sample => [labels, count.bytes]),
    ),
    counter(
      "hearsay_datagrams_dropped_total",
      "Datagrams dropped on arrival by reason",
      Object.entries(dropped).map(([reason, count]): Sample => [{ reason }, count]),
    ),
    counter(
      "hearsay_passed_over_total",
      "Parts of datagrams that only a newer version knows by what they are",
      Object.entries(passedOver).map(([what, count]): Sample => [{ what }, count]),
    ),
    counter(
      "hearsay_send_errors_total",
      "Datagrams that the system refused to send by error code",
      Object.entries(sendErrors).map(([code, count]): Sample => [{ code }, count]),
    ),
  ];
}

function keyMetrics(encryption: EncryptionBody | null): Metric[] {
  if (encryption === null) return [];
  const { mode, keys } = encryption;
  return [
    gauge(
      "hearsay_gossip_encryption_info",
      "How this node encrypts gossip, and the id of the key that it encrypts with",
      [[{ mode, key: keys[0]?.id ?? "" }, 1]],
    ),
    counter(
      "hearsay_key_opened_total",
      "Datagrams and hellos opened by the id of their key",
      keys.map(({ id, opened }): Sample => [{ key: id }, opened]),
    ),
  ];
}

function buildMetrics(node: NodeApi, { members }: NodeSnapshot): Metric[] {
  const { version, commit } = node.identity;
  const labels = { version, commit, node: process.versions.node };
  const versions = members.flatMap(({ record, state }): Sample[] =>
    isPresent(state) ? [[{ member: record.name, version: record.version ?? "" }, 1]] : [],
  );
  return [
    gauge("hearsay_build_info", "Version, commit and Node of this process; always 1", [
      [labels, 1],
    ]),
    gauge(
      "hearsay_member_info",
      "Version of each present member, empty where it does not say; always 1",
      versions,
    ),
  ];
}

function processMetrics(node: NodeApi): Metric[] {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  const lagMs = node.loopLagP99Ms();
  const startedAt = Math.round((Date.now() - node.uptimeMs()) / 1000);
  return [
    counter(
      "process_cpu_seconds_total",
      "Processor time of this process",
      one((user + system) / 1e6),
    ),
    gauge("process_resident_memory_bytes", "Resident memory of this process", one(rss)),
    gauge(
      "process_start_time_seconds",
      "Start of this process since the Unix epoch",
      one(startedAt),
    ),
    counter(
      "hearsay_log_lines_dropped_total",
      "Lines of the log that were dropped because nothing read them in time",
      one(node.logLinesDropped()),
    ),
    counter(
      "hearsay_running_short_total",
      "Looks, one a second, that found this process nearly out of files, heap or memory",
      Object.entries(node.shortages()).map(([resource, looks]): Sample => [{ resource }, looks]),
    ),
    gauge("nodejs_heap_size_used_bytes", "JavaScript heap in use", one(heapUsed)),
    gauge(
      "nodejs_eventloop_lag_p99_seconds",
      "99th percentile of event loop lag",
      lagMs === null ? [] : one(lagMs / 1000),
    ),
  ];
}

function kindSamples(direction: string, kinds: TrafficCounts["sent"]) {
  return Object.entries(kinds).map(([kind, count]) => [{ kind, direction }, count] as const);
}
