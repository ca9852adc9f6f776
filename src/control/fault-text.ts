import type { LinkEnd, LinkRule, LinkRules } from "../transport/link-rules.ts";

const RULES_TOLD_MAX = 4;

/** Rules for people, in one line: `a → b, c cut; everybody → d 400 ms later (and up to 20 ms more)`. */
export function describeRules(rules: LinkRules): string {
  if (rules.length === 0) return "none";
  const told = rules.slice(0, RULES_TOLD_MAX).map(describeRule);
  const untold = rules.length - told.length;
  return [...told, ...(untold > 0 ? [`and ${untold} more`] : [])].join("; ");
}

/** One rule: `a → b, c loses 30 %`. */
export function describeRule(rule: LinkRule): string {
  return `${describeEnd(rule.from)} → ${describeEnd(rule.to)} ${describeFault(rule)}`;
}

function describeEnd(end: LinkEnd): string {
  return end === "*" ? "everybody" : end.join(", ");
}

function describeFault(rule: LinkRule): string {
  const { drop = 0, delayMs = 0, jitterMs = 0, duplicate = 0, reorder = 0, reorderMs } = rule;
  if (drop >= 1) return rule.reject === true ? "refused" : "cut";
  const parts: string[] = [];
  if (drop > 0) parts.push(`loses ${percent(drop)}`);
  if (delayMs > 0) parts.push(`${delayMs} ms later`);
  if (jitterMs > 0) parts.push(`up to ${jitterMs} ms of jitter`);
  if (duplicate > 0) parts.push(`${percent(duplicate)} twice`);
  if (reorder > 0) {
    const held = reorderMs === undefined ? "" : ` by up to ${reorderMs} ms`;
    parts.push(`${percent(reorder)} held back${held}`);
  }
  return parts.length === 0 ? "untouched" : parts.join(", ");
}

function percent(probability: number): string {
  return `${Number((probability * 100).toFixed(2))} %`;
}
