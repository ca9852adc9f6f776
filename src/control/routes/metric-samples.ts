import { Counter, Gauge, type Metric } from "prom-client";

/** One value of a metric, with its labels. */
export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** The only sample of a metric without labels. */
export function one(value: number): Sample[] {
  return [[{}, value]];
}

/** A metric whose value goes up and down. `labelNames`: the labels that its samples have. */
export function gauge(
  name: string,
  help: string,
  samples: readonly Sample[],
  ...labelNames: string[]
): Metric {
  const metric = new Gauge({ name, help, labelNames, registers: [] });
  for (const [labels, value] of samples) metric.set(labels, value);
  return metric;
}

/** A metric that only grows. `labelNames`: the labels that its samples have. */
export function counter(
  name: string,
  help: string,
  samples: readonly Sample[],
  ...labelNames: string[]
): Metric {
  const metric = new Counter({ name, help, labelNames, registers: [] });
  for (const [labels, value] of samples) metric.inc(labels, value);
  return metric;
}
