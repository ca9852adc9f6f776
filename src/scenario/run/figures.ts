import type { Traffic } from "../../cluster/cluster.ts";
import { type DetectionTimes, spreadOf } from "../../cluster/observe/detection-times.ts";
import type { Millis } from "../../core/member.ts";
import type { Threshold } from "../language/scenario.ts";
import type { ConsumerFigure } from "../language/scenario-source.ts";
import { consumerFigure } from "../language/schemas/consumer-schemas.ts";
import type { ConsumerRecord, Figures, Spread, ThresholdRecord } from "../run-record.ts";

/** The figures of a run, from its stopwatch and from what each node has sent. */
export function figuresOf(times: DetectionTimes, traffic: ReadonlyMap<string, Traffic>): Figures {
  const rates = [...traffic.values()].filter(({ ranMs }) => ranMs > 0);
  return {
    detect: spreadOf(times.took("detect")),
    back: spreadOf(times.took("back")),
    heal: spreadOf(times.took("heal")),
    falseDeaths: times.falseDeaths,
    suspicions: times.suspicions,
    bytesPerNodeS: spreadOf(rates.map(({ bytes, ranMs }) => (bytes * 1000) / ranMs)),
    datagramsPerNodeS: spreadOf(rates.map(({ datagrams, ranMs }) => (datagrams * 1000) / ranMs)),
  };
}

/** What a run has come to: the figures of the cluster, and those of who used it. */
export interface Measured extends Figures {
  readonly consumers: readonly Pick<ConsumerRecord, "name" | "figures">[];
}

/** What the thresholds of a scenario come to. */
export function judgeThresholds(
  thresholds: readonly Threshold[],
  measured: Measured,
): ThresholdRecord[] {
  const ofConsumers = new Map(measured.consumers.flatMap(figuresOfConsumer));
  const valueOfFigure = (figure: string): number | null => {
    const own = ofConsumers.get(figure);
    return own === undefined ? figureOf(figure, measured) : own;
  };
  return thresholds.map(({ figure, operator, limit, text }) => {
    const got = valueOfFigure(figure);
    const bound = typeof limit === "number" ? limit : valueOfFigure(limit.figure);
    const isMeasured = got !== null && bound !== null && !(got === NEVER && bound === NEVER);
    const isMet = isMeasured && COMPARE[operator](got, bound);
    return {
      figure,
      limit: text,
      got: got === NEVER ? null : got,
      outcome: isMet ? "met" : "failed",
    };
  });
}

/** When a crash was known that was not known to the end: later than any other. */
const NEVER: Millis = Number.POSITIVE_INFINITY;

const COMPARE: Readonly<Record<Threshold["operator"], (a: number, b: number) => boolean>> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

function figuresOfConsumer({ name, figures }: Measured["consumers"][number]) {
  const { crashesKnownMs, crashesUnknown, falseAlarms, wronglyOutMs, least } = figures;
  const knownMs = crashesUnknown > 0 ? [NEVER] : crashesKnownMs;
  const values: Readonly<Record<ConsumerFigure, number | null>> = {
    crash_known: knownMs.length > 0 ? Math.max(...knownMs) : null,
    false_alarms: falseAlarms,
    wrongly_out: wronglyOutMs,
    least,
  };
  return Object.entries(values).map(
    ([figure, value]) => [consumerFigure(name, figure), value] as const,
  );
}

function figureOf(figure: string, figures: Figures): number | null {
  const [name, part = "p95"] = figure.split(".") as [string, keyof Spread | undefined];
  switch (name) {
    case "detect":
    case "back":
    case "heal":
      return figures[name][part];
    case "bytes_per_node_s":
      return figures.bytesPerNodeS[part];
    case "datagrams_per_node_s":
      return figures.datagramsPerNodeS[part];
    case "false_deaths":
      return figures.falseDeaths;
    default:
      return figures.suspicions;
  }
}
