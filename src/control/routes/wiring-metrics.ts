import type { WiringCounts } from "../wiring-types.ts";
import { counter, gauge, type Metric, one, type Sample } from "./metric-samples.ts";

/** Wires, dials, and strangers on the gossip port's TCP side. */
export function wiringMetrics(counts: WiringCounts): Metric[] {
  return [
    gauge(
      "hearsay_wires",
      "Wires open now: own ones go out to the members observed, those of other members come in",
      [
        [{ direction: "out" }, counts.wires],
        [{ direction: "in" }, counts.acceptedWires],
      ],
    ),
    counter("hearsay_wires_opened_total", "Wires that opened by direction", [
      [{ direction: "out" }, counts.opened],
      [{ direction: "in" }, counts.accepted],
    ]),
    counter(
      "hearsay_wire_failures_total",
      "Own wires that did not open by reason",
      samples("reason", counts.failed),
    ),
    counter(
      "hearsay_dials_total",
      "Connects that asked a silent member's kernel by outcome",
      samples("outcome", counts.dials),
    ),
    counter(
      "hearsay_connections_turned_away_total",
      "Connections to the gossip port that this node closed by reason",
      samples("reason", counts.turnedAway),
    ),
    counter(
      "hearsay_connections_wordless_total",
      "Connections to the gossip port whose other end closed them without a word, as dials do",
      one(counts.wordless),
    ),
    counter(
      "hearsay_accept_errors_total",
      "Failures to listen on the gossip port or to accept a connection by error code",
      samples("code", counts.acceptErrors),
    ),
  ];
}

function samples(label: string, counts: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(counts).map(([key, count]) => [{ [label]: key }, count]);
}
