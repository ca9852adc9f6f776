import type { MemberName, MemberState, Millis, Service } from "../core/member.ts";
import { endpointWeight } from "./endpoint-weight.ts";

/** A member that offers a service, as this node knows it. Those that left are not known any more. */
export interface Instance {
  readonly member: MemberName;
  readonly host: string;
  readonly service: Service;
  readonly state: Extract<MemberState, "alive" | "suspect" | "dead">;
  readonly stateForMs: Millis;
  /** Null where this node does not observe the member. */
  readonly phi: number | null;
  /** 0 for this node itself, null where it was never measured. */
  readonly rttMs: Millis | null;
  readonly reachedThrough: MemberName | null;
  readonly accusers: readonly MemberName[];
  /** Whether one of the accusers was told by the member's host that no process owns its port. */
  readonly refused: boolean;
}

/** What a consumer asks for. */
export interface EndpointsWanted {
  /** Only endpoints with this tag, in any case; they are then all that is known. */
  readonly tag?: string | undefined;
  /** The consumer's own threshold: above it an endpoint is out. Without one the member's state decides. */
  readonly maxPhi?: number | undefined;
  /** Nearest first, by round trip; otherwise by name. */
  readonly nearSelf?: boolean | undefined;
}

export interface SelectionPolicy {
  /** Below this share of the known endpoints all come back, 0 to 1; 0 never. */
  readonly panicShare: number;
  readonly isIsolated: boolean;
  /** Where the weight of an endpoint has faded away, unless the consumer names a threshold. */
  readonly phiSuspect: number;
}

export interface ServiceEndpoint extends Instance {
  /** The service's own weight, faded by phi; at least 1. */
  readonly weight: number;
  /** Why it is in or out, for people. */
  readonly why: string;
}

/** Why all known endpoints came back, and the share of them that would have been in without it, 0 to 1. */
export interface Panic {
  readonly cause: "share" | "isolated";
  readonly reason: string;
  readonly share: number;
}

export interface Selection {
  /** To be used, in the order that was asked for. */
  readonly endpoints: readonly ServiceEndpoint[];
  /** Known, and left out. Empty in a panic. */
  readonly out: readonly ServiceEndpoint[];
  readonly known: number;
  readonly panic: Panic | null;
}

/**
 * Which endpoints of a service a consumer may use. Fails open: when too few would be left, or this node cannot know,
 * all known ones come back, because a broken path to a checker must not empty a pool of working servers.
 */
export function selectEndpoints(
  instances: readonly Instance[],
  wanted: EndpointsWanted,
  policy: SelectionPolicy,
): Selection {
  const phiLimit = wanted.maxPhi ?? policy.phiSuspect;
  const tag = wanted.tag?.toLowerCase();
  const judged = instances
    .filter(({ service }) => tag === undefined || hasTag(service, tag))
    .sort(wanted.nearSelf === true ? byRoundTrip : byName)
    .map((instance) => {
      const weight = endpointWeight(instance.service.weight, instance.phi, phiLimit);
      return { ...judge(instance, wanted.maxPhi), endpoint: { ...instance, weight } };
    });
  const isIn = judged.filter((each) => each.isIn);
  const panic = panicOf(isIn.length, judged.length, policy);
  const endpoints = panic === null ? isIn : judged;
  const out = panic === null ? judged.filter((each) => !each.isIn) : [];
  return {
    endpoints: endpoints.map(({ endpoint, isIn, why }) => ({
      ...endpoint,
      why: isIn ? why : `all are in (panic); else out: ${why}`,
    })),
    out: out.map(({ endpoint, why }) => ({ ...endpoint, why })),
    known: judged.length,
    panic,
  };
}

/** Without regard to case, in which DNS asks for tags as for any name. */
function hasTag({ tags }: Service, tag: string): boolean {
  return tags.some((each) => each.toLowerCase() === tag);
}

/** Accusers of a silent member from which on it is left out. */
const CONFIRMED_BY = 2;

interface Judgement {
  readonly isIn: boolean;
  readonly why: string;
}

function judge(instance: Instance, maxPhi: number | undefined): Judgement {
  const { state, phi, service } = instance;
  if (state === "dead") return { isIn: false, why: "dead" };
  if (service.health === "critical") return { isIn: false, why: "its health checks fail" };
  if (instance.refused) return { isIn: false, why: `${state}: its host says that it crashed` };
  const health = service.health === "unknown" ? ", its health checks cannot run" : "";
  if (maxPhi === undefined || phi === null) {
    const { isIn, why } = judgeState(instance);
    return { isIn, why: `${why}${health}` };
  }
  const through =
    instance.reachedThrough === null ? "" : `, reachable only through ${instance.reachedThrough}`;
  const isIn = phi <= maxPhi;
  const relation = isIn ? "within" : "above";
  return { isIn, why: `${state}, phi is ${relation} ${maxPhi}${through}${health}` };
}

/** A silence that one observer alone cannot hear through may be that observer's own; a second one makes it count. */
function judgeState({ state, accusers }: Instance): Judgement {
  if (state === "alive") return { isIn: true, why: "alive" };
  if (accusers.length === 0) return { isIn: true, why: `${state}, heard again` };
  const isIn = accusers.length < CONFIRMED_BY;
  return { isIn, why: `${state}, accused by ${accusers.join(", ")}${isIn ? " alone" : ""}` };
}

function panicOf(isIn: number, known: number, policy: SelectionPolicy): Panic | null {
  const { panicShare, isIsolated } = policy;
  if (known === 0 || panicShare === 0) return null;
  const share = isIn / known;
  if (isIsolated) return { cause: "isolated", reason: "this node is isolated", share };
  if (share >= panicShare) return null;
  const limit = `${Number((panicShare * 100).toFixed(1))} %`;
  return { cause: "share", reason: `${isIn} of ${known} are in, fewer than ${limit}`, share };
}

function byName(a: Instance, b: Instance): number {
  return a.member < b.member ? -1 : 1;
}

function byRoundTrip(a: Instance, b: Instance): number {
  const difference = (a.rttMs ?? Number.MAX_VALUE) - (b.rttMs ?? Number.MAX_VALUE);
  return difference === 0 ? byName(a, b) : difference;
}
