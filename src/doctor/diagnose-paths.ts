import type { MemberBody } from "../control/api-types.ts";
import { isPresent } from "../core/member.ts";
import type { Facts, Finding, Reach } from "./facts.ts";
import { ok, problem, seconds, unknown } from "./finding.ts";

/** A calm member is heard every four periods at least; so many more are silence. */
const SILENT_PERIODS = 8;

/** Whether this node hears those that it asks. */
export function pathsOut({ self, members }: Facts): Finding[] {
  const check = "paths out";
  const present = members.members.filter(
    ({ state, name }) => isPresent(state) && name !== self.name,
  );
  const through = present.filter(({ reachedThrough }) => reachedThrough !== null);
  const silent = present.filter(
    (member) => member.reachedThrough === null && isSilent(member, self.probeIntervalMs),
  );
  if (present.length === 0) return [];
  const findings = [
    ...through.map(({ name, address, reachedThrough }) =>
      problem(check, `${name} answers ${reachedThrough}, but not ${self.name}: a one-way link`, [
        `let UDP through in both directions between ${self.address} and ${address}`,
      ]),
    ),
    ...silent.map(({ name, address, lastHeardMs }) =>
      problem(check, `${name} has been silent for ${seconds(lastHeardMs ?? 0)}`, [
        `see hearsay explain ${name}; if its process runs, let UDP through to ${address}`,
      ]),
    ),
  ];
  if (findings.length > 0) return findings;
  return [ok(check, `every member that ${self.name} asks over UDP answers it`)];
}

/** Whether the others hear this node, as they say themselves. */
export function pathsIn({ self, members, peers }: Facts): Finding[] {
  const check = "paths in";
  const others = members.members.filter(
    ({ state, name }) => isPresent(state) && name !== self.name,
  );
  if (others.length === 0) return [];
  if (peers.length === 0) {
    return [unknown(check, "the API of no other member can be reached from here")];
  }
  const doubters = peers.filter(
    ({ viewOfSelf }) => viewOfSelf?.state === "suspect" || viewOfSelf?.state === "dead",
  );
  const around = peers.filter(({ viewOfSelf }) => typeof viewOfSelf?.reachedThrough === "string");
  const between = peers.flatMap(({ name: from, members: seen }) =>
    seen
      .filter(({ reachedThrough, name }) => reachedThrough !== null && name !== self.name)
      .map(({ name: to }) => `${from} → ${to}`),
  );
  const findings = [
    ...doubters.map(({ name, viewOfSelf }) =>
      problem(check, `${name} holds ${self.name} ${viewOfSelf?.state}`, [
        `see hearsay explain ${self.name} at ${name}; check --advertise (${self.address}) and firewalls`,
      ]),
    ),
    ...around.map(({ name, viewOfSelf }) =>
      problem(
        check,
        `${name} reaches ${self.name} only through ${viewOfSelf?.reachedThrough}: a one-way link`,
        [`let UDP through from ${name} to ${self.address}`],
      ),
    ),
    ...(between.length === 0
      ? []
      : [
          problem(check, `other links do not carry answers: ${between.join(", ")}`, [
            "let UDP through between these members",
          ]),
        ]),
  ];
  if (findings.length > 0) return findings;
  return [
    ok(
      check,
      `${peers.length} of ${others.length} other members were asked; all hear ${self.name}`,
    ),
  ];
}

export function tcpPorts({ self, local }: Facts): Finding[] {
  const check = "TCP";
  if (local === undefined)
    return [unknown(check, `${self.name} runs on another machine; run doctor there`)];
  const blocked = [...local.tcp].filter(([, reach]) => reach !== "open");
  if (local.tcp.size === 0) return [];
  if (blocked.length === 0)
    return [ok(check, `the gossip port of ${local.tcp.size} members is open for TCP`)];
  return [
    problem(check, `TCP to the gossip port fails: ${listReach(blocked)}`, [
      "let TCP through to the gossip port: without it a crash is known later, and frozen and lost members look alike;",
      "where that is meant, --no-wires --no-spies says so",
    ]),
  ];
}

export function icmp({ local }: Facts): Finding[] {
  const check = "ICMP";
  if (local === undefined || local.icmp.size === 0) return [];
  const filtered = [...local.icmp].filter(([, reach]) => reach !== "refused");
  if (filtered.length === 0)
    return [ok(check, "a closed port is refused at once: crashes are known in milliseconds")];
  return [
    problem(check, `a closed port is not refused: ${listReach(filtered)}`, [
      "let ICMP type 3 (destination unreachable) through; without it crashes are found by TCP or by silence",
    ]),
  ];
}

function isSilent({ observed, lastHeardMs }: MemberBody, periodMs: number): boolean {
  return observed && lastHeardMs !== null && lastHeardMs > SILENT_PERIODS * periodMs;
}

function listReach(reached: readonly (readonly [string, Reach])[]): string {
  return reached.map(([who, reach]) => `${who} ${reach === "open" ? "is open" : reach}`).join(", ");
}
