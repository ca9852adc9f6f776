import { z } from "zod";
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

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const INTERVAL_MS_DEFAULT: Millis = 10_000;
const TIMEOUT_MS_DEFAULT: Millis = 5000;
const KINDS = ["http", "tcp", "script", "ttl"] as const;

const HTTP_RULE =
  "must be a URL of http or https, or a path such as /health on the service's own port";
const TCP_RULE = "must be host:port, or true for the service's own port";
const SCRIPT_RULE = 'must be a list of a program and its arguments, such as ["/bin/check", "-v"]';
const KIND_RULE = `must have exactly one of ${KINDS.join(", ")}`;

/** A check as it is written down in a file or a request. */
export const checkSchema = z
  .strictObject(
    {
      http: z.string(HTTP_RULE).refine(isHttpTarget, HTTP_RULE).optional(),
      tcp: z
        .union([z.literal(true), z.string(TCP_RULE).refine(isTcpTarget, TCP_RULE)], TCP_RULE)
        .optional(),
      script: z
        .array(z.string(SCRIPT_RULE).min(1, SCRIPT_RULE), SCRIPT_RULE)
        .min(1, SCRIPT_RULE)
        .max(64, SCRIPT_RULE)
        .optional(),
      ttl: span(100, 86_400_000).optional(),
      interval: span(100, 86_400_000).optional(),
      timeout: span(10, 600_000).optional(),
      passAfter: count(),
      failAfter: count(),
    },
    KIND_RULE,
  )
  .refine((raw) => KINDS.filter((kind) => raw[kind] !== undefined).length === 1, KIND_RULE);

/** A check of the service at `port` of this host. */
export function checkSpec(raw: z.output<typeof checkSchema>, port: number): CheckSpec {
  const isTtl = raw.ttl !== undefined;
  return {
    target: targetOf(raw, port),
    intervalMs: raw.ttl ?? raw.interval ?? INTERVAL_MS_DEFAULT,
    timeoutMs: raw.timeout ?? TIMEOUT_MS_DEFAULT,
    passAfter: isTtl ? 1 : (raw.passAfter ?? 2),
    failAfter: isTtl ? 1 : (raw.failAfter ?? 3),
  };
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

function targetOf(raw: z.output<typeof checkSchema>, port: number): CheckTarget {
  const { http, tcp, script } = raw;
  if (http !== undefined) {
    return { kind: "http", url: http.startsWith("/") ? `http://127.0.0.1:${port}${http}` : http };
  }
  if (script !== undefined) return { kind: "script", command: script };
  if (tcp === undefined) return { kind: "ttl" };
  if (tcp === true) return { kind: "tcp", host: "127.0.0.1", port };
  const at = tcp.lastIndexOf(":");
  const host = tcp.slice(0, at).replace(/^\[(.*)\]$/, "$1");
  return { kind: "tcp", host, port: Number(tcp.slice(at + 1)) };
}

function isTcpTarget(text: string): boolean {
  const [, port] = /^(?:[^\s:[\]]+|\[[\da-fA-F:]+\]):(\d{1,5})$/.exec(text) ?? [];
  return Number(port) >= 1 && Number(port) <= 65_535;
}

function isHttpTarget(text: string): boolean {
  if (text.startsWith("/")) return URL.canParse(`http://localhost${text}`);
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function span(minMs: Millis, maxMs: Millis) {
  const rule = `must be a time such as 500ms, 10s or 2m, from ${minMs} ms to ${maxMs / 1000} s`;
  return z.string(rule).transform((text, context): Millis => {
    const [, digits, unit = ""] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text) ?? [];
    const spanMs = Number(digits) * (UNIT_MS[unit] ?? Number.NaN);
    if (spanMs >= minMs && spanMs <= maxMs) return spanMs;
    context.addIssue({ code: "custom", message: rule });
    return z.NEVER;
  });
}

function count() {
  const rule = "must be a whole number from 1 to 100";
  return z.int(rule).min(1, rule).max(100, rule).optional();
}
