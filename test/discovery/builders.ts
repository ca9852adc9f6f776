import { plainService, type Service } from "../../src/core/member.ts";
import type { Instance } from "../../src/discovery/select-endpoints.ts";

/** An instance of the service `web` at `member`: alive, with what the test says otherwise. */
export function instance(
  member: string,
  { service, ...more }: Partial<Omit<Instance, "service">> & { service?: Partial<Service> } = {},
): Instance {
  return {
    member,
    host: "10.0.0.1",
    service: { ...plainService("web", 8080), ...service },
    state: "alive",
    stateForMs: 5000,
    phi: 0.2,
    slowness: 0,
    rttMs: 1,
    reachedThrough: null,
    accusers: [],
    silence: null,
    frozenSay: { accusers: 0, observers: 0 },
    refused: false,
    isCrashed: false,
    ...more,
  };
}
