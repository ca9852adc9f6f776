import type { Millis } from "../../core/member.ts";

/** What a check looks at. */
export type CheckTarget =
  /** Any answer from 200 to 299 passes. */
  | { readonly kind: "http"; readonly url: string }
  /** A connection that comes about passes. */
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  /** Exit code 0 passes, 3 (unknown, as in Nagios plugins), 126 and 127 say that it could not be run. */
  | { readonly kind: "script"; readonly command: readonly string[] }
  /** The service itself has to say that it lives, at least once in `intervalMs`. */
  | { readonly kind: "ttl" };

/** How a service's health is checked. */
export interface CheckSpec {
  readonly target: CheckTarget;
  /** From the start of one run to that of the next. */
  readonly intervalMs: Millis;
  /** A run that takes longer has failed. */
  readonly timeoutMs: Millis;
  /** Runs in a row that have to pass before a service is passing again ... */
  readonly passAfter: number;
  /** ... or to fail, or not to come about, before it no longer is. The first run decides alone. */
  readonly failAfter: number;
}

/** The check in a few words, for lists and logs. */
export function describeTarget(target: CheckTarget): string {
  switch (target.kind) {
    case "http":
      return `http ${target.url}`;
    case "tcp":
      return `tcp ${target.host}:${target.port}`;
    case "script":
      return `script ${target.command.join(" ")}`;
    case "ttl":
      return "ttl";
  }
}
