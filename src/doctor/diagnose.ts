import type { MemberName } from "../core/member.ts";
import { icmp, pathsIn, pathsOut, tcpPorts } from "./diagnose-paths.ts";
import type { Facts, Finding } from "./facts.ts";
import { ok, problem, seconds } from "./finding.ts";

/** Clocks that differ by more than this, in ms, are worth a word. */
const CLOCK_MS = 2_000;
/** The receive buffer that a node asks for, in bytes. */
const RECEIVE_BUFFER_WANTED = 4 * 1024 * 1024;
/** From this p99 of the event loop's lag on, in ms, verdicts come late. */
const LAG_MS = 100;
/** Stalls that take more than this share of the uptime. */
const STALLED_SHARE = 0.001;

/** What the facts mean, one finding a check, each problem with its remedy. */
export function diagnose(facts: Facts): Finding[] {
  return [
    readiness(facts),
    ...pathsOut(facts),
    ...pathsIn(facts),
    ...tcpPorts(facts),
    ...icmp(facts),
    ...sockets(facts),
    receiveBuffer(facts),
    clock(facts),
    stalls(facts),
    versions(facts),
  ];
}

function readiness({ self, members }: Facts): Finding {
  const check = "node";
  const others = members.members.filter(({ name }) => name !== self.name);
  if (members.isolated) {
    return problem(check, `${self.name} is isolated: it hears no other member and judges none`, [
      "look at the paths below: its network or a firewall is the usual reason",
    ]);
  }
  if (members.notYet !== null) {
    return problem(check, `the view of ${self.name} may lack members (${members.notYet})`, [
      "check its --join addresses with hearsay join <address>; it keeps dialling them",
    ]);
  }
  if (others.length === 0) {
    return problem(check, `${self.name} is alone: it knows no other member`, [
      "give it a --join address, or hearsay join <address>",
    ]);
  }
  return ok(check, `${self.name} knows ${others.length} other members, and its view is whole`);
}

/** What the node itself counted on its sockets. */
function sockets({ self: { traffic } }: Facts): Finding[] {
  const errors = Object.entries(traffic.sendErrors).filter(([, count]) => count > 0);
  const dropped = Object.entries(traffic.dropped).filter(([, count]) => count > 0);
  const keys = dropped.filter(([reason]) => KEY_REASONS.has(reason));
  const findings: Finding[] = [];
  if (errors.length > 0) {
    const remedies = errors
      .map(([code]) => SEND_REMEDIES[code])
      .filter((each) => each !== undefined);
    findings.push(
      problem("sending", `the system did not take datagrams: ${listCounts(errors)}`, [
        remedies.length > 0 ? remedies.join("; ") : "look up these error codes of the system",
      ]),
    );
  }
  if (keys.length > 0) {
    findings.push(
      problem("keys", `datagrams were dropped because of their key: ${listCounts(keys)}`, [
        "give every node the same key file (docs/security.md); hearsay query hearsay.keys lists who has which",
      ]),
    );
  }
  return findings.length > 0
    ? findings
    : [ok("sockets", "every datagram was sent, and none was under a foreign key")];
}

const KEY_REASONS = new Set(["key", "old-key", "seal", "plaintext", "mode"]);

const SEND_REMEDIES: Readonly<Record<string, string>> = {
  EPERM: "EPERM: an output rule of this machine's firewall forbids it",
  EACCES: "EACCES: this machine forbids it",
  EMSGSIZE: "EMSGSIZE: the MTU of the path is smaller than a datagram; lower --datagram-bytes-max",
  ENETUNREACH: "ENETUNREACH: there is no route to that network",
  EHOSTUNREACH: "EHOSTUNREACH: no host has that address now",
  ENOBUFS: "ENOBUFS: the network card is behind; send less, or raise its queue (txqueuelen)",
};

function receiveBuffer({ self, local }: Facts): Finding {
  const check = "receive buffer";
  const granted = self.receiveBufferBytes;
  const drops = local?.kernelDrops ?? 0;
  if (drops > 0) {
    return problem(
      check,
      `the kernel dropped ${drops} datagrams that ${self.name} did not read in time`,
      [
        `raise net.core.rmem_max to ${RECEIVE_BUFFER_WANTED} (sysctl -w), restart the node, and see the stalls below`,
      ],
    );
  }
  if (granted < RECEIVE_BUFFER_WANTED) {
    const max = local?.receiveBufferMaxBytes;
    const limit = max === undefined ? "" : ` (net.core.rmem_max is ${max})`;
    return problem(
      check,
      `the system grants ${granted} of ${RECEIVE_BUFFER_WANTED} bytes${limit}`,
      [
        `sysctl -w net.core.rmem_max=${RECEIVE_BUFFER_WANTED}, and the same in /etc/sysctl.d to keep it; then restart the node`,
      ],
    );
  }
  return ok(check, `${granted} bytes, and the kernel dropped nothing`);
}

/** Clocks matter to incarnations without a data directory, and to people who compare logs. */
function clock({ self, nowMs, peers, members }: Facts): Finding {
  const check = "clock";
  const clocks = [
    { name: self.name, aheadMs: Date.parse(self.time) - nowMs },
    ...peers.map((peer) => ({ name: peer.name, aheadMs: Date.parse(peer.self.time) - peer.nowMs })),
  ].filter(({ aheadMs }) => Number.isFinite(aheadMs));
  const wrong = clocks.filter(({ aheadMs }) => Math.abs(aheadMs) > CLOCK_MS);
  if (wrong.length > 0) {
    const listed = wrong.map(
      ({ name, aheadMs }) =>
        `${name} is ${seconds(Math.abs(aheadMs))} ${aheadMs > 0 ? "ahead" : "behind"}`,
    );
    return problem(check, `clocks differ from this machine's: ${listed.join(", ")}`, [
      "run a time service (systemd-timesyncd, chrony) on every machine; until then use --data-dir, so that a restart with",
      "an older clock still outranks what is known of the node",
    ]);
  }
  const asked = clocks.length - 1;
  const others = members.members.length - 1;
  return ok(
    check,
    `the clocks of ${self.name} and of ${asked} of ${others} others agree with this machine's`,
  );
}

function stalls({ self }: Facts): Finding {
  const check = "stalls";
  const { count, totalMs } = self.stalls;
  const lag = self.loopLagP99Ms ?? 0;
  const isStalled = totalMs > self.uptimeMs * STALLED_SHARE && count > 1;
  if (isStalled || lag > LAG_MS) {
    return problem(
      check,
      `${self.name} did not run ${count} times, for ${seconds(totalMs)} of ${seconds(self.uptimeMs)}; its event loop is ${lag.toFixed(0)} ms late (p99)`,
      [
        "give it CPU: raise a container's CPU limit, look for steal time of the virtual machine (vmstat), swapping,",
        "and in a program that embeds the node for work that blocks its event loop",
      ],
    );
  }
  return ok(
    check,
    `${count} since the start ${seconds(self.uptimeMs)} ago, ${seconds(totalMs)} in all`,
  );
}

function versions({ self, members }: Facts): Finding {
  const check = "versions";
  const byVersion = new Map<string, MemberName[]>();
  for (const { name, version } of members.members.filter(({ state }) => state === "alive")) {
    if (version !== null) byVersion.set(version, [...(byVersion.get(version) ?? []), name]);
  }
  if (byVersion.size <= 1) return ok(check, `${self.version} on all members that say`);
  const listed = [...byVersion].map(([version, names]) => `${version} on ${names.join(", ")}`);
  return problem(check, `members run different versions: ${listed.join("; ")}`, [
    "finish the upgrade; different versions work together, but each only does what it knows",
  ]);
}

function listCounts(counts: readonly (readonly [string, number])[]): string {
  return counts.map(([name, count]) => `${count} ${name}`).join(", ");
}
