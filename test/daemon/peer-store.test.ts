import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { formatEndpoint, type MemberState } from "../../src/core/member.ts";
import { PeerStore } from "../../src/daemon/storage/peer-store.ts";
import { endpointOf, record } from "../core/builders.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

let directory: string;
let warnings: string[];
let nowS: number;

beforeEach(() => {
  directory = temporaryDirectory();
  warnings = [];
  nowS = 1_000_000;
});

function open(): PeerStore {
  const onWarning = (warning: string) => warnings.push(warning);
  return new PeerStore({
    directory,
    selfName: "self",
    cluster: "test",
    nowS: () => nowS,
    onWarning,
  });
}

/** What a store that saved these members loads the next time. */
function savedAfter(states: Readonly<Record<string, MemberState>>): readonly string[] {
  const members = Object.entries(states).map(([name, state]) => ({ record: record(name), state }));
  const store = open();
  store.load();
  store.noteChange(() => members);
  store.close();
  return open().load().map(formatEndpoint);
}

const addresses = (...names: string[]) => names.map((name) => formatEndpoint(endpointOf(name)));

test("the present members are remembered first, then the dead, and not this node itself", () => {
  const saved = savedAfter({ self: "alive", d: "dead", a: "alive", s: "suspect" });
  expect(saved).toEqual(addresses("a", "s", "d"));
});

test("those that left are remembered only while nobody else is there", () => {
  expect(savedAfter({ self: "alive", l: "left", a: "alive" })).toEqual(addresses("a"));
  rmSync(join(directory, "peers.json"));
  expect(savedAfter({ self: "alive", l: "left" })).toEqual(addresses("l"));
});

test("who was not met yet since the start stays remembered, and after a week in company is let go", () => {
  savedAfter({ a: "alive", b: "alive" });
  expect(savedAfter({ a: "alive" })).toEqual(addresses("a", "b"));
  nowS += 8 * 24 * 3600;
  expect(savedAfter({ self: "alive" })).toEqual(addresses("a", "b"));
  expect(savedAfter({ a: "alive" })).toEqual(addresses("a"));
});

test("a member that moved is remembered at its new address alone", () => {
  savedAfter({ a: "alive" });
  const store = open();
  store.load();
  const endpoint = endpointOf("elsewhere");
  const members = [{ record: record("a", { endpoint }), state: "alive" as const }];
  store.noteChange(() => members);
  store.close();
  expect(open().load()).toEqual([endpoint]);
});

test.each([
  ["nothing", "", "it is empty, as after a loss of power"],
  ["zeros", "\0".repeat(300), "it is filled with zeros, as after a loss of power"],
  ["half of it", '{"v":1,"peers":[{"na', "it is cut off, or was not written by hearsay"],
  ["another shape", '{"v":1,"peers":7}', "it was not written by hearsay"],
  [
    "a newer shape",
    '{"v":2,"members":[]}',
    "a newer hearsay wrote it (version 2 of the file, this one reads 1)",
  ],
  [
    "another cluster's peers",
    '{"v":1,"name":"self","cluster":"x","peers":[]}',
    "it is of the cluster x, and this node is of test",
  ],
])("a file with %s is one warning, and nobody is remembered", (_what, text, why) => {
  writeFileSync(join(directory, "peers.json"), text);
  expect(open().load()).toEqual([]);
  expect(warnings).toEqual([`${join(directory, "peers.json")}: ${why}; going on without`]);
});

test("a file that another node kept is told of, and its peers are used", () => {
  savedAfter({ a: "alive" });
  const onWarning = (warning: string) => warnings.push(warning);
  const other = new PeerStore({
    directory,
    selfName: "other",
    cluster: "test",
    nowS: () => nowS,
    onWarning,
  });
  expect(other.load().map(formatEndpoint)).toEqual(addresses("a"));
  expect(warnings).toEqual([
    `${join(directory, "peers.json")}: the node self kept it, and this one is other; using its peers`,
  ]);
});

test("a file of the version before is read", () => {
  const peers = [{ name: "a", address: addresses("a")[0], metS: nowS }];
  writeFileSync(join(directory, "peers.json"), JSON.stringify({ v: 1, peers }));
  expect(open().load().map(formatEndpoint)).toEqual(addresses("a"));
  expect(warnings).toEqual([]);
});

test("a damaged entry costs itself and no other", () => {
  savedAfter({ a: "alive" });
  const path = join(directory, "peers.json");
  const saved = JSON.parse(readFileSync(path, "utf8")) as { peers: unknown[] };
  const bad = ["no.such", "10.0.0.1", "10.0.0.1:0", "10.0.0.1:70000"];
  saved.peers.push(7, ...bad.map((address) => ({ name: "x", address, metS: 1 })));
  saved.peers.push({ name: "a b", address: "10.0.0.1:1", metS: 1 });
  writeFileSync(path, JSON.stringify(saved));
  expect(open().load().map(formatEndpoint)).toEqual(addresses("a"));
  expect(warnings).toEqual([
    `${path}: 6 of its peers have no usable name and address; going on without`,
  ]);
});
