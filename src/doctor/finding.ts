import type { Millis } from "../core/member.ts";
import type { Finding } from "./facts.ts";

/** Nothing is wrong. */
export function ok(check: string, what: string): Finding {
  return { check, verdict: "ok", what, remedy: null };
}

/** It could not be looked at from here. */
export function unknown(check: string, what: string): Finding {
  return { check, verdict: "unknown", what, remedy: null };
}

/** Something is wrong, and what to do about it. */
export function problem(check: string, what: string, remedy: readonly string[]): Finding {
  return { check, verdict: "problem", what, remedy: remedy.join(" ") };
}

/** A span for a sentence. */
export function seconds(ms: Millis): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}
