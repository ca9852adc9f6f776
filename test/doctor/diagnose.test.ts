import { expect, test } from "vitest";
import { diagnose } from "../../src/doctor/diagnose.ts";
import type { Facts, LocalFacts, PeerFacts } from "../../src/doctor/facts.ts";
import { member, membersBody, self } from "../cli/dashboard/states.ts";

const MEMBERS = ["n1", "n2", "n3"].map((name) => member(name));
const NOW_MS = Date.parse(self().time);

const healthyLocal: LocalFacts = {
  receiveBufferMaxBytes: 4_194_304,
  kernelDrops: 0,
  tcp: new Map([["n2", "open"]]),
  icmp: new Map([["127.0.0.1", "refused"]]),
};

function peer(name: string, over: Partial<PeerFacts> = {}): PeerFacts {
  const body = self({ name });
  return { name, self: body, nowMs: NOW_MS, viewOfSelf: member("n1"), members: MEMBERS, ...over };
}

function facts(over: Partial<Facts> = {}): Facts {
  return {
    self: self(),
    members: membersBody(MEMBERS),
    nowMs: NOW_MS,
    peers: [peer("n2"), peer("n3")],
    local: healthyLocal,
    ...over,
  };
}

/** What is wrong, and the remedies, as one text. */
function problems(over: Partial<Facts>): string[] {
  return diagnose(facts(over))
    .filter(({ verdict }) => verdict === "problem")
    .map(({ check, what, remedy }) => `${check}: ${what} / ${remedy}`);
}

test("nothing is wrong with a healthy cluster, and each check says what it saw", () => {
  const findings = diagnose(facts());
  expect(findings.map(({ check, verdict }) => `${check} ${verdict}`)).toEqual([
    ...["node ok", "paths out ok", "paths in ok", "TCP ok", "ICMP ok", "sockets ok"],
    ...["receive buffer ok", "clock ok", "stalls ok", "versions ok"],
  ]);
});

test.each<[string, Partial<Facts>, RegExp]>([
  [
    "a link that carries no answers",
    { members: membersBody([member("n1"), member("n2", { reachedThrough: "n3" })]) },
    /^paths out: n2 answers n3, but not n1: a one-way link \/ let UDP through in both/,
  ],
  [
    "a member that is silent",
    { members: membersBody([member("n1"), member("n2", { lastHeardMs: 9_000, observed: true })]) },
    /^paths out: n2 has been silent for 9\.0 s \/ see hearsay explain n2/,
  ],
  [
    "a member that does not hear the node",
    { peers: [peer("n2", { viewOfSelf: member("n1", { reachedThrough: "n3" }) })] },
    /^paths in: n2 reaches n1 only through n3: a one-way link \/ let UDP through from n2/,
  ],
  [
    "a member that holds the node dead",
    { peers: [peer("n2", { viewOfSelf: member("n1", { state: "dead" }) })] },
    /^paths in: n2 holds n1 dead \/ .*--advertise/,
  ],
  [
    "a link between two others",
    { peers: [peer("n2", { members: [member("n3", { reachedThrough: "n1" })] })] },
    /^paths in: other links do not carry answers: n2 → n3/,
  ],
  [
    "TCP that is filtered",
    { local: { ...healthyLocal, tcp: new Map([["n2", "silent"]]) } },
    /^TCP: TCP to the gossip port fails: n2 silent \/ .*--no-wires --no-spies/,
  ],
  [
    "refusals that are filtered",
    { local: { ...healthyLocal, icmp: new Map([["10.0.0.2", "silent"]]) } },
    /^ICMP: a closed port is not refused: 10\.0\.0\.2 silent \/ let ICMP type 3/,
  ],
  [
    "a small receive buffer",
    { self: self({ receiveBufferBytes: 425_984 }) },
    /^receive buffer: the system grants 425984 .*rmem_max is 4194304.* \/ sysctl -w/,
  ],
  [
    "datagrams that the kernel dropped",
    { local: { ...healthyLocal, kernelDrops: 7 } },
    /^receive buffer: the kernel dropped 7 datagrams/,
  ],
  [
    "a clock that differs",
    { peers: [peer("n2", { nowMs: NOW_MS + 60_000 })] },
    /^clock: clocks differ from this machine's: n2 is 60 s behind \/ run a time service/,
  ],
  [
    "a process that often does not run",
    { self: self({ stalls: { count: 9, totalMs: 4_000, lastMs: 900 } }) },
    /^stalls: n1 did not run 9 times, for 4\.0 s of 252 s.* \/ give it CPU/,
  ],
  [
    "a firewall on this machine",
    { self: self({ traffic: { ...self().traffic, sendErrors: { EPERM: 3 } } }) },
    /^sending: the system did not take datagrams: 3 EPERM \/ EPERM: an output rule/,
  ],
  [
    "foreign keys",
    { self: self({ traffic: { ...self().traffic, dropped: { key: 5 } } }) },
    /^keys: datagrams were dropped because of their key: 5 key \/ give every node/,
  ],
  [
    "two versions",
    { members: membersBody([member("n1"), member("n2", { version: "0.2.0" })]) },
    /^versions: members run different versions: 0\.1\.0 on n1; 0\.2\.0 on n2/,
  ],
])("%s is a problem with a remedy", (_, over, text) => {
  expect(problems(over)).toEqual([expect.stringMatching(text)]);
});

test("what cannot be tried from here is unknown, and not said to be well", () => {
  const findings = diagnose(facts({ local: undefined, peers: [] }));
  const unknown = findings.filter(({ verdict }) => verdict === "unknown");
  expect(unknown.map(({ check }) => check)).toEqual(["paths in", "TCP"]);
});
