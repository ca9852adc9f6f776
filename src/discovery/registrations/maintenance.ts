import { ConfigError } from "../../core/errors.ts";
import type { Service } from "../../core/member.ts";

/** What an operator took out of use, why and since when. */
export interface Maintained {
  /** Null for all services of the node. */
  readonly service: string | null;
  readonly reason: string;
  /** ISO 8601. */
  readonly since: string;
}

/** Longest reason, in characters: every member carries it in its record. */
const REASON_LENGTH_MAX = 96;

/** @throws ConfigError for a reason that says nothing, or too much */
export function requireReason(reason: string): void {
  if (reason.trim() !== "" && reason.length <= REASON_LENGTH_MAX) return;
  throw new ConfigError(
    `reason: ${JSON.stringify(reason.slice(0, REASON_LENGTH_MAX))} must be a text of 1 to ${REASON_LENGTH_MAX} characters`,
  );
}

/** Which services of a node are out of use. It lasts until it is ended, or the daemon ends. */
export class Maintenance {
  private readonly entries: readonly Maintained[];

  constructor(entries: readonly Maintained[] = []) {
    this.entries = entries;
  }

  list(): readonly Maintained[] {
    return this.entries;
  }

  /** The same and this service, named in any case, or with null all of them. */
  begin(service: string | null, reason: string, since: string): Maintenance {
    const others = this.entries.filter((entry) => !isSame(entry.service, service));
    return new Maintenance([...others, { service, reason, since }]);
  }

  /** The same without what began under this name; undefined where nothing did. */
  end(service: string | null): Maintenance | undefined {
    const others = this.entries.filter((entry) => !isSame(entry.service, service));
    return others.length === this.entries.length ? undefined : new Maintenance(others);
  }

  /** The service as the cluster sees it: critical to nodes that do not know maintenance. */
  apply(service: Service): Service {
    const own = this.entries.find((entry) => isSame(entry.service, service.name));
    const entry = own ?? this.entries.find((each) => each.service === null);
    if (entry === undefined) return service;
    return { ...service, health: "critical", maintenance: entry.reason };
  }
}

function isSame(a: string | null, b: string | null): boolean {
  return a?.toLowerCase() === b?.toLowerCase();
}
