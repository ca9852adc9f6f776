import type { NodeEvent } from "../../core/effect.ts";
import type { Millis } from "../../core/member.ts";
import {
  type EndpointsWanted,
  type Judged,
  type Selection,
  type ServiceEndpoint,
  selectEndpoints,
} from "../select-endpoints.ts";
import type { DirectorySnapshot } from "./directory-snapshots.ts";
import { PoolSteadier, type SteadierPolicy } from "./pool-steadier.ts";

/** What a consumer asks about a service. */
export interface ServiceQuery extends EndpointsWanted {
  /** Compared without regard to case, as in DNS. */
  readonly service: string;
}

/** An answer to a query; the same object as long as nothing was looked at anew. */
export interface ServiceAnswer extends Selection {
  readonly service: string;
  /** Another one whenever more than phi, weight or round trip has changed. */
  readonly index: number;
  /** ISO 8601; null where there is no panic. */
  readonly panicSince: string | null;
}

/** What happens at a node that may change an answer. */
export const CHANGES_ANSWERS: ReadonlySet<NodeEvent["kind"]> = new Set([
  "member-changed",
  "member-updated",
  "member-reaped",
  // A second accuser, or none any more, moves an endpoint whose member stays suspect.
  "accused",
  "suspicion-cleared",
  "isolated-changed",
  "readiness-changed",
]);

/** What a query that is kept up to date is made of. */
export interface LiveQueryOptions {
  readonly query: ServiceQuery;
  readonly panicShare: number;
  readonly steadiness: SteadierPolicy;
  readonly nextIndex: () => number;
  readonly wallTime: () => Date;
}

/** A query that is kept up to date for those who asked it a moment ago, or wait for its next answer. */
export class LiveQuery {
  readonly query: ServiceQuery;
  lastAskedMs: Millis = Number.NEGATIVE_INFINITY;
  private readonly options: LiveQueryOptions;
  private readonly listeners = new Set<(answer: ServiceAnswer) => void>();
  private current: ServiceAnswer | undefined;
  private seen: DirectorySnapshot | undefined;
  private readonly steadier: PoolSteadier;

  constructor(options: LiveQueryOptions) {
    this.options = options;
    this.query = options.query;
    this.steadier = new PoolSteadier(options.steadiness);
  }

  /** When the answer is another one although nothing happens at the node. */
  get dueAtMs(): Millis {
    return this.steadier.dueAtMs;
  }

  get isWaitedFor(): boolean {
    return this.listeners.size > 0;
  }

  /** The answer in this snapshot; whoever waits is told if it is another one. */
  answer(latest: DirectorySnapshot): ServiceAnswer {
    if (this.current !== undefined && this.seen === latest) return this.current;
    this.seen = latest;
    const selection = this.select(latest);
    const isChanged = this.current === undefined || !isSame(this.current, selection);
    const index = isChanged ? this.options.nextIndex() : (this.current?.index ?? 0);
    const panicSince = this.panicSince(selection);
    const answer = { service: this.query.service, index, panicSince, ...selection };
    this.current = answer;
    if (isChanged) for (const listener of [...this.listeners]) listener(answer);
    return answer;
  }

  /** Calls `listener` with each other answer until the returned function is called. It must not throw. */
  subscribe(listener: (answer: ServiceAnswer) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private select({ instances, isIsolated, phiSuspect, atMs }: DirectorySnapshot): Selection {
    const known = instances.get(this.query.service.toLowerCase()) ?? [];
    const { panicShare } = this.options;
    const policy = { panicShare, isIsolated, phiSuspect };
    const steady = (judged: readonly Judged[]) => this.steadier.settle(judged, atMs);
    const selection = selectEndpoints(known, this.query, policy, steady);
    this.steadier.notePanic(selection.panic !== null, atMs);
    return selection;
  }

  private panicSince({ panic }: Selection): string | null {
    if (panic === null) return null;
    return this.current?.panicSince ?? this.options.wallTime().toISOString();
  }
}

/** Whether nothing differs that is worth waking somebody for: phi, weight by phi and round trip move all the time. */
function isSame(a: Selection, b: Selection): boolean {
  return (
    a.panic?.cause === b.panic?.cause &&
    areSame(a.endpoints, b.endpoints, (one, other) => one.host === other.host) &&
    areSame(a.out, b.out)
  );
}

function areSame(
  some: readonly ServiceEndpoint[],
  others: readonly ServiceEndpoint[],
  isAlike: (one: ServiceEndpoint, other: ServiceEndpoint) => boolean = () => true,
): boolean {
  if (some.length !== others.length) return false;
  return some.every((one, at) => {
    const other = others[at];
    if (other === undefined || one.member !== other.member || one.state !== other.state) {
      return false;
    }
    const isSameService =
      one.service === other.service ||
      JSON.stringify(one.service) === JSON.stringify(other.service);
    return isSameService && isAlike(one, other);
  });
}

/** The same for queries that ask the same. */
export function queryKey({ service, tag, maxPhi, nearSelf }: ServiceQuery): string {
  const labels = [service.toLowerCase(), tag?.toLowerCase() ?? null];
  return JSON.stringify([...labels, maxPhi ?? null, nearSelf ?? false]);
}
