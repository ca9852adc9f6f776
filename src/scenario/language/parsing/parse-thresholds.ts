import type { Threshold } from "../scenario.ts";
import type {
  ClaimsSource,
  ConsumersSource,
  ConsumerThresholdsSource,
  ThresholdsSource,
} from "../scenario-source.ts";
import { CONSUMER_FIGURES, consumerFigure, isLimit } from "../schemas/consumer-schemas.ts";
import { durationMs } from "../schemas/scalars.ts";
import { type Issues, idOf, type Path, suggest } from "./issues.ts";

const TIMES = /^(detect|back|heal)\.(avg|p50|p95|max)$|^(crash_known|wrongly_out)$/;

/** Those of a run; `path` is where they stand. */
export function parseThresholds(
  thresholds: ThresholdsSource,
  path: Path,
  issues: Issues,
): Threshold[] {
  return Object.entries(thresholds).map(([figure, text]) =>
    parseThreshold({ figure, text, path: [...path, "thresholds", figure], issues }),
  );
}

/** Those of each consumer. */
export function parseConsumerThresholds(consumers: ConsumersSource, issues: Issues): Threshold[] {
  return Object.entries(consumers).flatMap(([consumer, { thresholds: own = {} }]) =>
    parseOwn({ consumer, own, path: ["consumers", consumer, "thresholds"], consumers, issues }),
  );
}

/** Those of one world; `path` is where that world's claims stand. */
export function parseConsumerClaims(
  claims: NonNullable<ClaimsSource["consumers"]>,
  base: Path,
  consumers: ConsumersSource,
  issues: Issues,
): Threshold[] {
  return Object.entries(claims).flatMap(([consumer, own]) => {
    const path = [...base, "consumers", consumer];
    if (Object.hasOwn(consumers, consumer))
      return parseOwn({ consumer, own, path, consumers, issues });
    const names = Object.keys(consumers);
    issues.add(path, `there is no consumer ${JSON.stringify(consumer)}${suggest(consumer, names)}`);
    return [];
  });
}

interface Own {
  readonly consumer: string;
  readonly own: ConsumerThresholdsSource;
  readonly path: Path;
  readonly consumers: ConsumersSource;
  readonly issues: Issues;
}

function parseOwn({ consumer, own, path, consumers, issues }: Own): Threshold[] {
  return CONSUMER_FIGURES.flatMap((figure) => {
    const text = own[figure];
    if (text === undefined) return [];
    const given = { figure, text, path: [...path, figure], issues, consumer };
    return isLimit(text) ? parseThreshold(given) : parseRelation(given, consumers);
  });
}

interface Given {
  readonly figure: string;
  readonly text: string;
  readonly path: Path;
  readonly issues: Issues;
  readonly consumer?: string;
}

function parseThreshold(given: Given): Threshold {
  const { figure, text, path, issues } = given;
  const [, operator, number, unit] = /^(<=?|>=?) ?([\d.]+)(ms|s|m)?$/.exec(text) ?? [];
  const isTime = TIMES.test(figure);
  if (isTime && unit === undefined)
    issues.add(path, `${figure} is a time; give it a unit, such as "< 4s"`);
  if (!isTime && unit !== undefined)
    issues.add(path, `${figure} is not a time; leave out the ${unit}`);
  const limit = unit === undefined ? Number(number) : durationMs(`${number}${unit}`);
  return thresholdOf(given, operator, limit);
}

/** The same figure of another consumer. */
function parseRelation(given: Given, consumers: ConsumersSource): Threshold {
  const { figure, text, path, issues, consumer } = given;
  const [, operator, other = ""] = /^(<=?|>=?) ?(.*)$/.exec(text) ?? [];
  if (other === consumer) {
    issues.add(path, `${figure}: ${other} cannot be compared with itself; name another consumer`);
  } else if (!Object.hasOwn(consumers, other)) {
    const others = Object.keys(consumers).filter((name) => name !== consumer);
    issues.add(
      path,
      `${figure}: there is no consumer ${JSON.stringify(other)}${suggest(other, others)}`,
    );
  }
  return thresholdOf(given, operator, { figure: consumerFigure(other, figure) });
}

function thresholdOf(
  { figure, text, path, issues, consumer }: Given,
  operator: string | undefined,
  limit: Threshold["limit"],
): Threshold {
  const { line = null, column = null } = issues.locate(path) ?? {};
  const name = consumer === undefined ? figure : consumerFigure(consumer, figure);
  return {
    id: idOf(path),
    line,
    column,
    figure: name,
    operator: operator as Threshold["operator"],
    limit,
    text,
    label: `${name} ${text}`,
  };
}
