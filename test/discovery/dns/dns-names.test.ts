import { expect, test } from "vitest";
import { nodeName, readName } from "../../../src/discovery/dns/dns-names.ts";

test.each([
  ["n1.node.hearsay", { kind: "node", member: "n1" }],
  ["N1.Example.net.NODE.hearsay.", { kind: "node", member: "n1.example.net" }],
  ["web.service.hearsay", { kind: "service", service: "web", tag: undefined }],
  ["canary.web.service.hearsay", { kind: "service", service: "web", tag: "canary" }],
  ["_web._tcp.hearsay", { kind: "service", service: "web", tag: undefined }],
  ["canary._web._tcp.service.hearsay", { kind: "service", service: "web", tag: "canary" }],
  ["0a000001.addr.hearsay", { kind: "address", host: "10.0.0.1" }],
  ["20010db8000000000000000000000001.addr.hearsay", { kind: "address", host: "2001:db8::1" }],
  ["hearsay", { kind: "apex" }],
  ["service.hearsay", { kind: "branch" }],
  ["_tcp.hearsay", { kind: "branch" }],
  ["a.b.web.service.hearsay", { kind: "nothing" }],
  ["web._tcp.hearsay", { kind: "nothing" }],
  ["0a0001.addr.hearsay", { kind: "nothing" }],
  ["web.hearsay", { kind: "nothing" }],
  ["hearsay.example", { kind: "foreign" }],
  ["nothearsay", { kind: "foreign" }],
  [".", { kind: "foreign" }],
])("%s", (name, meaning) => {
  expect(readName(name)).toEqual(meaning);
});

test.each([
  ["a..b", "10.0.0.1", "0a000001.addr.hearsay"],
  ["x".repeat(64), "10.0.0.255", "0a0000ff.addr.hearsay"],
  [".a", "2001:db8::1", "20010db8000000000000000000000001.addr.hearsay"],
  ["web 1", "10.0.0.1", "0a000001.addr.hearsay"],
  ["\u001b[2J", "10.0.0.1", "0a000001.addr.hearsay"],
  ["bücher", "10.0.0.1", "0a000001.addr.hearsay"],
  ["\udc80", "10.0.0.1", "0a000001.addr.hearsay"],
  ["a.", "::1", "00000000000000000000000000000001.addr.hearsay"],
])("a member called %j, which DNS cannot carry, is found by its address", (member, host, name) => {
  expect(nodeName(member, host)).toBe(name);
  expect(readName(name)).toEqual({ kind: "address", host });
});
