import type { AccusationReason, MemberName, MemberState, Millis, Service } from "../core/member.ts";
import { endpointWeight } from "./endpoint-weight.ts";

/** A member that offers a service, as this node knows it. Those that left are not known any more. */
export interface Instance {
  readonly member: MemberName;
  readonly host: string;
  readonly service: Service;
  readonly state: Extract<MemberState, "alive" | "suspect" | "dead">;
  readonly stateForMs: Millis;
  /** The larger of the phi of its silence and `slowness`. Null where this node does not observe the member. */
  readonly phi: number | null;
  /** How much more slowly it answers than it used to. Null as `phi`. */
  readonly slowness: number | null;
  /** 0 for this node itself, null where it was never measured. */
  readonly rttMs: Millis | null;
  readonly reachedThrough: MemberName | null;
  readonly accusers: readonly MemberName[];
  /** What they know together. Null where nobody accuses it (any more). */
  readonly silence: AccusationReason | null;
  /** Those of its observers whose connects its kernel answered while it was silent itself. */
  readonly frozenSay: { readonly accusers: number; readonly observers: number };
  /** Whether one of the accusers, or who declared its death, was told by its host that no process owns its port. */
  readonly refused: boolean;
  /** Whether that is proven: the member died of it, or others than this node alone were told so. */
  readonly isCrashed: boolean;
}

/** What a consumer asks for. */
export interface EndpointsWanted {
  /** Only endpoints with this tag, in any case; they then count as all that are known. */
  readonly tag?: string | undefined;
  /** The consumer's own threshold: endpoints of members above it are left out. Without one their state decides. */
  readonly maxPhi?: number | undefined;
  /** Nearest to the node first, by round trip; otherwise by name. */
  readonly nearSelf?: boolean | undefined;
}

/** What decides which endpoints are in, beside the consumer's wishes. */
export interface SelectionPolicy {
  /** Below this share of the known endpoints all come back, 0 to 1; 0 never. */
  readonly panicShare: number;
  readonly isIsolated: boolean;
  /** Where the weight of an endpoint has faded away, unless the consumer names a threshold. */
  readonly phiSuspect: number;
}

/** An endpoint, with its weight and the reason for its being in or out. */
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

/** The endpoints of a service, in and out. */
export interface Selection {
  /** To be used, in the order that was asked for. */
  readonly endpoints: readonly ServiceEndpoint[];
  /** Known, and left out. In a panic those alone of which it is a fact that they are gone, or that have not begun. */
  readonly out: readonly ServiceEndpoint[];
  readonly known: number;
  readonly panic: Panic | null;
}

/**
 * What is to become of an instance. `fact`: its host said that its process is gone; `frozen`: its host answers, it does
 * not, say two; `maintenance`: its operator took it out; `starting`: none of its checks has run; `failing`: its own checks say so; `doubt`: it is silent.
 */
export type Usability = "in" | "doubt" | "failing" | "starting" | "maintenance" | "frozen" | "fact";

/** An instance with its verdict. */
export interface Judged {
  readonly instance: Instance;
  readonly weight: number;
  readonly verdict: Usability;
  readonly why: string;
  /** In for steadiness alone: to a panic it is out. */
  readonly isKept?: true;
}

/**
 * Which endpoints of a service a consumer may use. Fails open: when too few would be left, or this node cannot know, all
 * come back of which only silence or a check says that they are gone, because a broken path to a checker must not empty a
 * pool of working servers. Facts stay out; frozen ones do, unless nothing else is left.
 *
 * @param instances by name
 * @param steady what a memory of the pool makes of the judgements
 */
export function selectEndpoints(
  instances: readonly Instance[],
  wanted: EndpointsWanted,
  policy: SelectionPolicy,
  steady: (judged: readonly Judged[]) => readonly Judged[] = (judged) => judged,
): Selection {
  return chooseEndpoints(steady(judgeInstances(instances, wanted, policy.phiSuspect)), policy);
}

/** One by one, in the order that was asked for. */
function judgeInstances(
  instances: readonly Instance[],
  wanted: EndpointsWanted,
  phiSuspect: number,
): Judged[] {
  const phiLimit = wanted.maxPhi ?? phiSuspect;
  const tag = wanted.tag?.toLowerCase();
  const found = instances.filter(({ service }) => tag === undefined || hasTag(service, tag));
  return (wanted.nearSelf === true ? found.sort(byRoundTrip) : found).map((instance) => {
    const weight = endpointWeight(instance.service.weight, instance.phi, phiLimit);
    return { instance, weight, ...judge(instance, wanted.maxPhi) };
  });
}

/**
 * Frozen ones come back where nothing else is left: behind a filter that drops datagrams alone, members that work look
 * frozen. And to an isolated node, for it is not told when a freeze ends.
 */
function chooseEndpoints(judged: readonly Judged[], policy: SelectionPolicy): Selection {
  const isIn = judged.filter(({ verdict, isKept }) => verdict === "in" && isKept !== true);
  const mayFrozenReturn = policy.isIsolated || isIn.length === 0;
  const mayReturn = ({ verdict }: Judged): boolean =>
    isUncertain(verdict) || (mayFrozenReturn && verdict === "frozen");
  const panic = panicOf(isIn.length, judged.filter(mayReturn).length, policy);
  const isGiven = (each: Judged) => (panic === null ? each.verdict === "in" : mayReturn(each));
  return {
    endpoints: judged.filter(isGiven).map((each) => endpointOf(each, panic !== null)),
    out: judged.filter((each) => !isGiven(each)).map((each) => endpointOf(each, false)),
    known: judged.length,
    panic,
  };
}

/** Whether only doubt or a check stands against it: the others count neither as usable nor as known. */
export function isUncertain(verdict: Usability): boolean {
  return verdict === "in" || verdict === "doubt" || verdict === "failing";
}

function endpointOf({ instance, weight, verdict, why }: Judged, isPanic: boolean): ServiceEndpoint {
  const isBack = isPanic && verdict !== "in";
  // One by one: a spread of so many fields takes several times as long, and a service may have thousands of endpoints.
  return {
    member: instance.member,
    host: instance.host,
    service: instance.service,
    state: instance.state,
    stateForMs: instance.stateForMs,
    phi: instance.phi,
    slowness: instance.slowness,
    rttMs: instance.rttMs,
    reachedThrough: instance.reachedThrough,
    accusers: instance.accusers,
    silence: instance.silence,
    frozenSay: instance.frozenSay,
    refused: instance.refused,
    isCrashed: instance.isCrashed,
    weight,
    why: isBack ? `all are in (panic); else out: ${why}` : why,
  };
}

/** Without regard to case, in which DNS asks for tags as for any name. */
function hasTag({ tags }: Service, tag: string): boolean {
  return tags.some((each) => each.toLowerCase() === tag);
}

/** Accusers of a silent member from which on it is left out. */
const CONFIRMED_BY = 2;

type Judgement = Pick<Judged, "verdict" | "why">;

function judge(instance: Instance, maxPhi: number | undefined): Judgement {
  const { state, phi, service, frozenSay } = instance;
  if (instance.isCrashed) {
    return { verdict: "fact", why: `${state}: its host says that it crashed` };
  }
  if (service.maintenance !== undefined) {
    return { verdict: "maintenance", why: `in maintenance: ${service.maintenance}` };
  }
  if (state === "dead") return { verdict: "doubt", why: "dead" };
  if (frozenSay.accusers >= CONFIRMED_BY) {
    const who = `say ${frozenSay.accusers} of ${frozenSay.observers} observers`;
    return { verdict: "frozen", why: `frozen, ${who}: its host answers, it does not` };
  }
  if (service.health === "starting") {
    return { verdict: "starting", why: "its first health check has not run yet" };
  }
  if (service.health === "critical") return { verdict: "failing", why: "its health checks fail" };
  if (instance.refused) {
    return { verdict: "doubt", why: `${state}: its host refused this node only` };
  }
  const health = service.health === "unknown" ? ", its health checks cannot run" : "";
  if (maxPhi === undefined || phi === null) {
    const { verdict, why } = judgeState(instance);
    return { verdict, why: `${why}${health}` };
  }
  const through =
    instance.reachedThrough === null ? "" : `, reachable only through ${instance.reachedThrough}`;
  const isIn = phi <= maxPhi;
  const relation = isIn ? "within" : "above";
  const slow = !isIn && (instance.slowness ?? 0) > maxPhi ? ": it is slow to answer" : "";
  const why = `${describeState(instance)}, phi is ${relation} ${maxPhi}${slow}${through}${health}`;
  return { verdict: isIn ? "in" : "doubt", why };
}

/** A silence that one observer alone cannot hear through may be that observer's own; a second one makes it count. */
function judgeState(instance: Instance): Judgement {
  const { state, accusers } = instance;
  if (state === "alive") return { verdict: "in", why: "alive" };
  if (accusers.length === 0) return { verdict: "in", why: `${state}, heard again` };
  const isIn = accusers.length < CONFIRMED_BY;
  const why = `${describeState(instance)}, accused by ${accusers.join(", ")}${isIn ? " alone" : ""}`;
  return { verdict: isIn ? "in" : "doubt", why };
}

/** `suspect (unreachable)` where more is known than that it is silent. */
function describeState({ state, silence }: Instance): string {
  return silence === null || silence === "silence" ? state : `${state} (${silence})`;
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

/** Those that are equally far stay in the order of names. */
function byRoundTrip(a: Instance, b: Instance): number {
  return (a.rttMs ?? Number.MAX_VALUE) - (b.rttMs ?? Number.MAX_VALUE);
}
