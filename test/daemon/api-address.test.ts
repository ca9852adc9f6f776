import { expect, test } from "vitest";
import type { Endpoint } from "../../src/core/member.ts";
import { apiAddressForOthers, boundApiAddress } from "../../src/daemon/settings/api-address.ts";

const at = (host: string, port = 7373): Endpoint => ({ host, port });

test.each([
  [
    "on loopback beside gossip on loopback: one machine",
    "127.0.0.1",
    "127.0.0.1",
    "127.0.0.1:7373",
  ],
  ["on another loopback address", "127.0.0.2", "::1", "127.0.0.2:7373"],
  ["on an address of the network", "10.0.0.5", "10.0.0.5", "10.0.0.5:7373"],
  [
    "on an address of the network beside gossip on loopback",
    "10.0.0.5",
    "127.0.0.1",
    "10.0.0.5:7373",
  ],
  ["on all addresses: at the advertised one", "0.0.0.0", "10.0.0.5", "10.0.0.5:7373"],
  ["on all addresses of both families", "::", "10.0.0.5", "10.0.0.5:7373"],
  ["on all IPv6 addresses", "::", "fd00::5", "[fd00::5]:7373"],
])("an API %s is told to others", (_, api, gossip, told) => {
  expect(apiAddressForOthers(at(api), at(gossip, 7946))).toBe(told);
});

test.each([
  ["on loopback beside gossip on a network", "127.0.0.1", "10.0.0.5"],
  ["on IPv6 loopback beside gossip on a network", "::1", "fd00::5"],
  ["on all IPv4 addresses beside gossip on IPv6", "0.0.0.0", "fd00::5"],
])("an API %s is told to nobody else", (_, api, gossip) => {
  expect(apiAddressForOthers(at(api), at(gossip, 7946))).toBeNull();
});

test("whoever asks a node is told where it asked, loopback or not", () => {
  expect(boundApiAddress(at("127.0.0.1"), at("10.0.0.5"))).toBe("127.0.0.1:7373");
});
