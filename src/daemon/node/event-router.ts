import type { DaemonEvent } from "../../control/daemon-events.ts";
import { EventLog } from "../../control/event-log.ts";
import type { FalseSuspicionCounts, TransitionCount } from "../../control/node-api.ts";
import { StateCauses } from "../../control/state-causes.ts";
import type { ViewCache } from "../../control/view-cache.ts";
import type { NodeEvent } from "../../core/effect.ts";
import type { AccusationReason, MemberName, Millis } from "../../core/member.ts";
import type { ServiceDirectory } from "../../discovery/directory/service-directory.ts";
import type { DaemonLog } from "../daemon-log.ts";
import type { QueryCoordinator } from "../messaging/query-coordinator.ts";

/** What a daemon does about some of its node's events. */
export interface NodeReactions {
  wantSeeds(): void;
  incarnationRaised(incarnation: number): void;
  /** Some member changed its state or its record. */
  membersChanged(): void;
  /** Another process keeps this name: end without a goodbye, which would be said in the other's name. */
  nameLost(event: NodeEvent & { readonly kind: "name-conflict" }): void;
  joinRefused(event: NodeEvent & { readonly kind: "join-refused" }): void;
  left(event: NodeEvent & { readonly kind: "left" }): void;
  /** The join addresses have been silent for a while: said once. */
  nobodyAnswers(): void;
  /** The others have accused this node several times within a minute: said once. */
  oftenAccused(): void;
}

/** Where the events of a node go. */
export interface EventRouterOptions {
  readonly name: MemberName;
  readonly log: DaemonLog;
  readonly views: ViewCache;
  readonly directory: Pick<ServiceDirectory, "accept">;
  readonly coordinator: Pick<QueryCoordinator, "accept">;
  readonly reactions: NodeReactions;
}

/** Nodes that are started together find each other in less: no reason to worry anybody. */
const NOBODY_AFTER_MS: Millis = 1500;

/** A healthy node is hardly ever accused; one that the others cannot reach is, every few periods. */
const OFTEN = 3;
const OFTEN_WITHIN_MS: Millis = 60_000;

/** The one fork of a node's events: log, event log for the API, counts for the metrics, views, and the daemon's acts. */
export class EventRouter {
  readonly events = new EventLog();
  readonly causes = new StateCauses();
  private readonly options: EventRouterOptions;
  private readonly transitions = new Map<
    string,
    { -readonly [K in keyof TransitionCount]: TransitionCount[K] }
  >();
  private readonly accusations = new Map<AccusationReason, number>();
  private readonly falseSuspicions = { cleared: { heard: 0, refuted: 0 }, refuted: 0 };
  /** Whether this run ever knew anybody else. */
  private hasCompany = false;
  private readonly startedAtMs = performance.now();
  private hasSaidNobody = false;
  /** When others accused this node lately. */
  private accusedAtMs: readonly Millis[] = [];
  private hasSaidOften = false;

  constructor(options: EventRouterOptions) {
    this.options = options;
  }

  readonly accept = (event: NodeEvent): void => {
    // Answers to questions of the API: they are no news, and whole views would crowd out the history.
    if (event.kind === "view-fetched" || event.kind === "view-unreachable") {
      this.options.views.accept(event);
      return;
    }
    if (event.kind === "query-answered" || event.kind === "query-ended") {
      this.options.coordinator.accept(event);
      return;
    }
    this.causes.accept(event);
    this.tell(event);
    this.options.directory.accept(event);
    this.react(event);
  };

  /** Puts it into the stream and the log. */
  readonly tell = (event: NodeEvent | DaemonEvent): void => {
    this.options.log.event(this.events.append(event, new Date()));
  };

  transitionCounts(): readonly TransitionCount[] {
    return [...this.transitions.values()];
  }

  /** How often each kind of silence was reported, by this node or by others. */
  accusationCounts(): ReadonlyMap<AccusationReason, number> {
    return this.accusations;
  }

  falseSuspicionCounts(): FalseSuspicionCounts {
    return this.falseSuspicions;
  }

  private react(event: NodeEvent): void {
    const { name, reactions, views } = this.options;
    switch (event.kind) {
      case "member-changed":
        this.count(event);
        if (event.member === name) reactions.incarnationRaised(event.incarnation);
        else this.hasCompany = true;
        reactions.membersChanged();
        return;
      case "accused":
        this.accusations.set(event.evidence, (this.accusations.get(event.evidence) ?? 0) + 1);
        return;
      case "suspicion-cleared":
        this.falseSuspicions.cleared[event.cause] += 1;
        return;
      case "refuted":
        this.falseSuspicions.refuted += 1;
        this.countAccusation();
        reactions.incarnationRaised(event.incarnation);
        return;
      case "member-updated":
        if (event.member === name) reactions.incarnationRaised(event.incarnation);
        reactions.membersChanged();
        return;
      case "member-reaped":
        views.accept(event);
        reactions.membersChanged();
        return;
      case "seeds-wanted":
        this.sayNobodyAnswers(event.attempt);
        reactions.wantSeeds();
        return;
      case "join-refused":
        // A member that was part of a cluster stays: wrongly configured seeds must not end it.
        if (event.isByAll && !this.hasCompany) reactions.joinRefused(event);
        return;
      case "name-conflict":
        if (event.mustYield) reactions.nameLost(event);
        return;
      case "query":
        this.options.coordinator.accept(event);
        return;
      case "left":
        reactions.left(event);
        return;
    }
  }

  private count({
    from: before,
    to,
    cause,
  }: NodeEvent & { readonly kind: "member-changed" }): void {
    const from = before ?? "none";
    const key = `${from} ${to} ${cause}`;
    const transition = this.transitions.get(key) ?? { from, to, cause, count: 0 };
    transition.count += 1;
    this.transitions.set(key, transition);
  }

  private sayNobodyAnswers(attempt: number): void {
    const isEarly = attempt < 2 || performance.now() - this.startedAtMs < NOBODY_AFTER_MS;
    if (isEarly || this.hasSaidNobody || this.hasCompany) return;
    this.hasSaidNobody = true;
    this.options.reactions.nobodyAnswers();
  }

  private countAccusation(): void {
    const nowMs = performance.now();
    this.accusedAtMs = [...this.accusedAtMs.filter((at) => nowMs - at < OFTEN_WITHIN_MS), nowMs];
    if (this.accusedAtMs.length < OFTEN || this.hasSaidOften) return;
    this.hasSaidOften = true;
    this.options.reactions.oftenAccused();
  }
}
