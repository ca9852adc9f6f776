import { formatEndpoint, type MemberName } from "../../core/member.ts";
import type { ServiceAnswer } from "../../discovery/directory/live-query.ts";
import type { ServiceSummary } from "../../discovery/directory/service-directory.ts";
import type { ServiceEndpoint } from "../../discovery/select-endpoints.ts";
import type {
  EndpointBody,
  PanicBody,
  ServiceBody,
  ServiceSummaryBody,
  ServicesBody,
} from "../service-types.ts";

/** `GET /v1/services`. */
export function servicesBody(self: MemberName, services: readonly ServiceSummary[]): ServicesBody {
  return { v: 1, self, services: services.map(summaryBody) };
}

/** The same, but for the services: each is put together when it is asked for. */
export function lazyServicesBody(self: MemberName, services: readonly ServiceSummary[]) {
  return { v: 1, self, services: lazily(services, summaryBody) } satisfies Lazy<
    ServicesBody,
    "services"
  >;
}

/** `GET /v1/services/:name`. */
export function serviceBody(self: MemberName, answer: ServiceAnswer): ServiceBody {
  const { endpoints, out, ...head } = lazyServiceBody(self, answer);
  return { ...head, endpoints: [...endpoints], out: [...out] };
}

/** The same, but for the endpoints: each is put together when it is asked for. */
export function lazyServiceBody(self: MemberName, answer: ServiceAnswer) {
  const { service, index, known, endpoints, out } = answer;
  return {
    v: 1,
    self,
    service,
    index,
    panic: panicBody(answer),
    known,
    endpoints: lazily(endpoints, endpointBody),
    out: lazily(out, endpointBody),
  } satisfies Lazy<ServiceBody, "endpoints" | "out">;
}

/** A body with some of its lists not put together yet. */
type Lazy<B, K extends keyof B> = Omit<B, K> & {
  readonly [L in K]: Iterable<B[L] extends readonly (infer E)[] ? E : never>;
};

function* lazily<T, U>(items: readonly T[], bodyOf: (item: T) => U): Generator<U, void> {
  for (const item of items) yield bodyOf(item);
}

function summaryBody({ name, answer }: ServiceSummary): ServiceSummaryBody {
  const { known, endpoints, out } = answer;
  const tags = new Set([...endpoints, ...out].flatMap(({ service }) => service.tags));
  const usable = endpoints.length;
  return { name, known, usable, tags: [...tags].sort(), panic: panicBody(answer) };
}

function panicBody({ panic, panicSince }: ServiceAnswer): PanicBody | null {
  if (panic === null || panicSince === null) return null;
  return { reason: panic.reason, since: panicSince, share: rounded(panic.share) };
}

function endpointBody(endpoint: ServiceEndpoint): EndpointBody {
  const { member, host, service, state, silence, phi, slowness, rttMs, weight, why } = endpoint;
  const { port, health, tags, meta } = service;
  return {
    member,
    address: formatEndpoint({ host, port }),
    host,
    port,
    state,
    health,
    maintenance: service.maintenance ?? null,
    silence,
    phi: phi === null ? null : Number(phi.toFixed(2)),
    slowness: slowness === null ? null : Number(slowness.toFixed(2)),
    rttMs: rttMs === null ? null : rounded(rttMs),
    weight,
    tags,
    meta,
    why,
  };
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}
