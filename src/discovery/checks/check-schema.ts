import { z } from "zod";
import type { Millis } from "../../core/member.ts";
import type { CheckSpec, CheckTarget } from "./check-spec.ts";

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
