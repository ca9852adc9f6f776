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

const written = new WeakMap<ServiceAnswer, string>();

/** `GET /v1/services`. */
export function servicesBody(self: MemberName, services: readonly ServiceSummary[]): ServicesBody {
  return { v: 1, self, services: services.map(summaryBody) };
}

/** `GET /v1/services/:name` as it is sent, written once for all who ask within the same moment. */
export function serviceText(self: MemberName, answer: ServiceAnswer): string {
  const known = written.get(answer);
  if (known !== undefined) return known;
  const text = JSON.stringify(serviceBody(self, answer));
  written.set(answer, text);
  return text;
}

/** `GET /v1/services/:name`. */
export function serviceBody(self: MemberName, answer: ServiceAnswer): ServiceBody {
  const { service, index, known, endpoints, out } = answer;
  return {
    v: 1,
    self,
    service,
    index,
    panic: panicBody(answer),
    known,
    endpoints: endpoints.map(endpointBody),
    out: out.map(endpointBody),
  };
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

function endpointBody({ member, host, service, ...seen }: ServiceEndpoint): EndpointBody {
  const { port, health, tags, meta } = service;
  return {
    member,
    address: formatEndpoint({ host, port }),
    host,
    port,
    state: seen.state,
    health,
    maintenance: service.maintenance ?? null,
    silence: seen.silence,
    phi: seen.phi === null ? null : Number(seen.phi.toFixed(2)),
    slowness: seen.slowness === null ? null : Number(seen.slowness.toFixed(2)),
    rttMs: seen.rttMs === null ? null : rounded(seen.rttMs),
    weight: seen.weight,
    tags,
    meta,
    why: seen.why,
  };
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}
