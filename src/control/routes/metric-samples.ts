import { ELEMENTS_AT_ONCE } from "./json-pieces.ts";
import type { Pieces } from "./page-maker.ts";

/** One value of a metric, with its labels. */
export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** A metric with all its values at one moment. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: "gauge" | "counter";
  readonly samples: readonly Sample[];
}

/** The only sample of a metric without labels. */
export function one(value: number): Sample[] {
  return [[{}, value]];
}

/** A metric whose value goes up and down. */
export function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, type: "gauge", samples };
}

/** A metric that only grows. */
export function counter(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, type: "counter", samples };
}

/** The version of the text format that `metricPieces` writes. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** A metric in Prometheus' text format, of which a piece holds at most a hundred samples. */
export function* metricPieces({ name, help, type, samples }: Metric): Pieces {
  yield `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}\n`;
  for (let at = 0; at < samples.length; at += ELEMENTS_AT_ONCE) {
    const some = samples.slice(at, at + ELEMENTS_AT_ONCE);
    yield some.map(([labels, value]) => `${name}${labelText(labels)} ${value}\n`).join("");
  }
}

function labelText(labels: Sample[0]): string {
  const pairs = Object.entries(labels).map(
    ([label, value]) => `${label}="${escaped(value).replaceAll('"', '\\"')}"`,
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
