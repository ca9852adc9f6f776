import type { Millis } from "../../core/member.ts";

/** Something that goes wrong, or changes, in a simulated cluster. Plain data: a run can print it. */
export type Fault =
  /** The process ends without a word; its host lives on and refuses. */
  | { readonly kind: "kill"; readonly node: string }
  /** Power off: the process is gone and its host silent. */
  | { readonly kind: "crash-host"; readonly node: string }
  /** Starts it again where it was, with its data directory or an empty one; kills it first if it runs. */
  | {
      readonly kind: "restart";
      readonly node: string;
      readonly disk: "kept" | "lost";
      /** Whom it dials, instead of the run's seeds. */
      readonly join?: readonly string[];
    }
  | { readonly kind: "leave"; readonly node: string }
  /** Their event loops stand still while the kernel's queues fill, as under one busy machine. */
  | { readonly kind: "freeze"; readonly nodes: readonly string[]; readonly forMs: Millis }
  /** Their kernels are silent, too, and what comes for them is lost. */
  | { readonly kind: "pause-machine"; readonly nodes: readonly string[]; readonly forMs: Millis }
  | {
      readonly kind: "partition";
      readonly groups: readonly (readonly string[])[];
      readonly forMs: Millis;
    }
  /** One direction. */
  | { readonly kind: "cut"; readonly from: string; readonly to: string; readonly forMs: Millis }
  /** One direction holds its datagrams, then delivers all at once. */
  | { readonly kind: "clog"; readonly from: string; readonly to: string; readonly forMs: Millis }
  /** The nodes lose this share of what they are sent (`in`) or send (`out`). */
  | {
      readonly kind: "bad-link";
      readonly nodes: readonly string[];
      readonly direction: "in" | "out";
      readonly loss: number;
      readonly forMs: Millis;
    }
  /** Nothing that others send reaches them; what they send arrives. */
  | { readonly kind: "deaf"; readonly nodes: readonly string[]; readonly forMs: Millis }
  /** Nothing that they send arrives; they hear the others. */
  | { readonly kind: "mute"; readonly nodes: readonly string[]; readonly forMs: Millis }
  /**
   * A filter beside a node refuses what it sends (`out`) or is sent (`in`), or both, as by "port
   * unreachable". `out-and-deaf`: refuses what it sends, and lets nothing in without a word.
   */
  | {
      readonly kind: "reject";
      readonly node: string;
      readonly direction: "in" | "out" | "both" | "out-and-deaf";
      readonly forMs: Millis;
    }
  /** To and from these nodes everything travels so much longer. */
  | {
      readonly kind: "slow-path";
      readonly nodes: readonly string[];
      readonly byMs: Millis;
      readonly forMs: Millis;
    }
  /** To and from these nodes larger datagrams vanish. */
  | {
      readonly kind: "small-mtu";
      readonly nodes: readonly string[];
      readonly bytes: number;
      readonly forMs: Millis;
    }
  /** A middlebox resets every wire there is, again and again. */
  | { readonly kind: "reset-wires"; readonly everyMs: Millis; readonly forMs: Millis }
  /** A filter beside the nodes lets datagrams through, and drops the segments that come in or go out. */
  | {
      readonly kind: "drop-tcp";
      readonly nodes: readonly string[];
      readonly direction: "in" | "out" | "both";
      readonly forMs: Millis;
    }
  /** Something before the nodes' hosts answers every connect, whether they live or not. */
  | { readonly kind: "syn-proxy"; readonly nodes: readonly string[]; readonly forMs: Millis }
  /** The whole network loses this share. */
  | { readonly kind: "storm"; readonly loss: number; readonly forMs: Millis }
  | { readonly kind: "jump-wall-clock"; readonly node: string; readonly byMs: Millis }
  /** The names of these nodes resolve from now on. */
  | { readonly kind: "resolve"; readonly nodes: readonly string[] }
  /** New tags. */
  | { readonly kind: "advertise"; readonly node: string; readonly value: string }
  /** An operator has the node forget the first member that it holds dead, if any. */
  | { readonly kind: "forget-dead"; readonly node: string };

/** Those that trouble links for a while. */
export type LinkFault = Exclude<
  Extract<Fault, { readonly forMs: Millis }>,
  { readonly kind: "freeze" | "pause-machine" }
>;

/** A fault and when it begins, in virtual time. */
export interface PlannedFault {
  readonly atMs: Millis;
  readonly fault: Fault;
}

/** One line for people. */
export function formatFault({ atMs, fault }: PlannedFault): string {
  const { kind, ...rest } = fault;
  const details = Object.entries(rest).map(([key, value]) => `${key} ${formatValue(value)}`);
  return `${(atMs / 1000).toFixed(3)} s  ${[kind, ...details].join("  ")}`;
}

function formatValue(value: Fault[keyof Fault] | readonly (readonly string[])[] | number): string {
  return typeof value === "number"
    ? String(Math.round(value * 1000) / 1000)
    : JSON.stringify(value);
}
