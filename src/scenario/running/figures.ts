import type { Millis } from "../../core/member.ts";
import type { Traffic } from "../cluster/cluster.ts";
import type { Knowledge } from "../knowledge/knowledge.ts";
import type { Threshold } from "../language/scenario.ts";
import type { ConsumerFigure } from "../language/scenario-source.ts";
import { consumerFigure } from "../language/schemas/consumer-schemas.ts";
import type {
  BeliefChange,
  ConsumerRecord,
  FigureSample,
  Figures,
  Spread,
  ThresholdRecord,
} from "../run-record.ts";

/** Measures detection, return and healing while a run goes on. */
export class Measuring {
  readonly samples: FigureSample[] = [];
  readonly #knowledge: Knowledge;
  readonly #isConverged: () => boolean;
  /** When a viewer took a member for dead, by both. */
  readonly #deaths = new Map<string, Millis>();
  #falseDeaths = 0;
  #suspicions = 0;
  #healingSinceMs: Millis | undefined;

  constructor(knowledge: Knowledge, isConverged: () => boolean) {
    this.#knowledge = knowledge;
    this.#isConverged = isConverged;
  }

  /** A cut was healed, or a process came back: until all views are one, the cluster heals. */
  restored(atMs: Millis): void {
    // Where the views stayed one there is nothing to heal.
    if (!this.#isConverged()) this.#healingSinceMs = atMs;
  }

  /** Something new goes wrong: what heals from here on is not the old thing. */
  disturbed(): void {
    this.#healingSinceMs = undefined;
  }

  observed(changes: readonly BeliefChange[], atMs: Millis): void {
    for (const change of changes) this.#changed(change);
    const fromMs = this.#healingSinceMs;
    if (fromMs === undefined || !this.#isConverged()) return;
    this.#healingSinceMs = undefined;
    this.samples.push({ figure: "heal", viewer: null, member: null, ...taken(fromMs, atMs) });
  }

  figures(traffic: ReadonlyMap<string, Traffic>): Figures {
    const took = (figure: FigureSample["figure"]) =>
      this.samples.filter((sample) => sample.figure === figure).map(({ tookMs }) => tookMs);
    const rates = [...traffic.values()].filter(({ ranMs }) => ranMs > 0);
    return {
      detect: spreadOf(took("detect")),
      back: spreadOf(took("back")),
      heal: spreadOf(took("heal")),
      falseDeaths: this.#falseDeaths,
      suspicions: this.#suspicions,
      bytesPerNodeS: spreadOf(rates.map(({ bytes, ranMs }) => (bytes * 1000) / ranMs)),
      datagramsPerNodeS: spreadOf(rates.map(({ datagrams, ranMs }) => (datagrams * 1000) / ranMs)),
    };
  }

  #changed({ viewer, member, from, to, atMs }: BeliefChange): void {
    const { obstacles, aftermathMs } = this.#knowledge;
    const subject = this.#knowledge.nodeOf(member);
    if (subject === viewer) return;
    if (to === "suspect") this.#suspicions++;
    const pair = `${viewer} ${member}`;
    if (to === "dead") {
      this.#deaths.set(pair, atMs);
      const fromMs = obstacles.causeOf(viewer, subject);
      if (fromMs !== undefined) {
        this.samples.push({ figure: "detect", viewer, member, ...taken(fromMs, atMs) });
      } else if (this.#knowledge.belief(viewer, member)?.isUnprovoked === true) {
        this.#falseDeaths++;
      }
    }
    if (from === "dead" && to === "alive") {
      const deadSinceMs = this.#deaths.get(pair) ?? 0;
      // From what explains that death, and not from something older.
      const fromMs = obstacles.returnOf(viewer, subject, deadSinceMs - aftermathMs);
      if (fromMs === undefined) return;
      this.samples.push({ figure: "back", viewer, member, ...taken(fromMs, atMs) });
    }
  }
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

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => rounded(sorted[Math.ceil(share * sorted.length) - 1]);
  const sum = sorted.reduce((total, value) => total + value, 0);
  return {
    count: sorted.length,
    avg: sorted.length === 0 ? null : rounded(sum / sorted.length),
    p50: at(0.5),
    p95: at(0.95),
    max: at(1),
  };
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Number(value.toFixed(3));
}

function taken(fromMs: Millis, atMs: Millis) {
  return { fromMs, tookMs: Math.max(0, Number((atMs - fromMs).toFixed(3))) };
}
