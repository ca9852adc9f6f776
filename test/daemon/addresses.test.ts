import { expect, test } from "vitest";
import { address, resolve } from "./given-settings.ts";

const WILDCARD = { bind: "0.0.0.0:7946", insecure: true };
const LOOPBACK = address("IPv4", "127.0.0.1", true);

test("a wildcard bind advertises the one routable address of its family", () => {
  const interfaces = {
    lo: [LOOPBACK],
    eth0: [
      address("IPv4", "10.0.0.5"),
      address("IPv6", "2001:db8::5"),
      address("IPv4", "169.254.1.1"),
    ],
  };
  expect(resolve({ flags: WILDCARD, interfaces }).advertise).toEqual({
    host: "10.0.0.5",
    port: 7946,
  });
});

test("a wildcard bind with several candidates is refused with all of them", () => {
  const interfaces = { eth0: [address("IPv4", "10.0.0.5")], eth1: [address("IPv4", "10.1.0.5")] };
  expect(() => resolve({ flags: WILDCARD, interfaces })).toThrow(
    "bind: 0.0.0.0 could be advertised as 10.0.0.5 (eth0), 10.1.0.5 (eth1); choose one with --advertise",
  );
});

test("a wildcard bind without a candidate is refused", () => {
  expect(() => resolve({ flags: WILDCARD, interfaces: { lo: [LOOPBACK] } })).toThrow(
    "bind: 0.0.0.0 has no routable IPv4 address to advertise; name one with --advertise",
  );
});

test("an advertised address without a port has that of bind", () => {
  const flags = { ...WILDCARD, advertise: "10.9.9.9" };
  expect(resolve({ flags }).advertise).toEqual({ host: "10.9.9.9", port: 7946 });
});

const CARD = { eth0: [address("IPv4", "10.0.0.7"), address("IPv6", "fd00::7")] };

test.each<[string, string, RegExp]>([
  [
    "127.0.0.1",
    "10.0.0.5:7946",
    /^join: 10\.0\.0\.5:7946 is on another machine, which cannot be reached from 127\.0\.0\.1, a loopback address; bind to an address that the others reach \(such as 10\.0\.0\.7\)/,
  ],
  [
    "::1",
    "[fd00::5]:7946",
    /^join: \[fd00::5\]:7946 is on another machine, .* \(such as fd00::7\)/,
  ],
  [
    "fd00::7",
    "10.0.0.5:7946",
    /^join: 10\.0\.0\.5:7946 is an IPv4 address, and this node uses only IPv6 \(bind fd00::7\); use the same family/,
  ],
  [
    "10.0.0.7",
    "[fd00::5]:7946",
    /^join: \[fd00::5\]:7946 is an IPv6 address, and this node uses only IPv4/,
  ],
  ["10.0.0.7", "10.0.0.5:0", /^join: 10\.0\.0\.5:0 has port 0, where nothing can listen/],
  ["127.0.0.1", "10.0.0.5,10.0.0.6", /^join: 10\.0\.0\.5:7946 is on another machine/],
])("bound to %s, a node cannot join %s, and says so at once", (bind, join, message) => {
  expect(() => resolve({ flags: { bind, join, insecure: true }, interfaces: CARD })).toThrow(
    message,
  );
});

test.each([
  ["127.0.0.1", "10.0.0.7:7946", "an address of this machine"],
  ["127.0.0.1", "127.0.0.9:7946", "another loopback address"],
  ["127.0.0.1", "10.0.0.5,127.0.0.9", "one of two that it can reach"],
  ["127.0.0.1", "seed.example", "a name, whose addresses are not known yet"],
  ["10.0.0.7", "127.0.0.1:7946", "loopback from an address of this machine"],
  ["::", "10.0.0.5:7946", "IPv4 from a socket for both families"],
])("bound to %s, a node may join %s: %s", (bind, join) => {
  const flags = { bind, join, insecure: true, advertise: bind === "::" ? "fd00::7" : undefined };
  expect(resolve({ flags, interfaces: CARD }).join.length).toBeGreaterThan(0);
});
