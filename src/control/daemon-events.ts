import type { Millis } from "../core/member.ts";
import type { DiscoveryEvent } from "../discovery/discovery-event.ts";

/**
 * What a process can run out of: files and sockets that it may open, V8's heap, and the memory that its control group (a container, a
 * unit of systemd) allows.
 */
export type Shortage = "files" | "heap" | "memory";

/** What happens to the daemon, or to services, rather than to its node. */
export type DaemonEvent =
  | DiscoveryEvent
  /** The system did not take datagrams: reported at the first of an error code, then at most once a minute. */
  | {
      readonly kind: "send-failed";
      /** The system's error, such as EPERM where a firewall forbids it. */
      readonly code: string;
      /** Datagrams since the last report. */
      readonly datagrams: number;
    }
  /** An address sends more than is read of one: told of the first, then at most once a minute. */
  | {
      readonly kind: "datagrams-limited";
      /** Where the newest came from; how many were not read since it was told last. */
      readonly from: string;
      readonly datagrams: number;
    }
  /** The rules of the fault gate were replaced, healed by request, or healed by themselves. */
  | {
      readonly kind: "faults-changed";
      readonly cause: "set" | "healed" | "expired";
      readonly rules: number;
      /** Until they heal by themselves; null where there are none. */
      readonly forMs: Millis | null;
      /** The rules for people: `a → b, c cut`. */
      readonly what: string;
    }
  /** The process runs out of something: told of the first time, then at most once a minute while it lasts. */
  | {
      readonly kind: "running-short";
      readonly resource: Shortage;
      /** What there is of it, in bytes; null for files. */
      readonly maxBytes: number | null;
      /** Looks, one a second, that found it so since it was told last. */
      readonly looks: number;
    };
