import { isIP, SocketAddress } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatIp, isUnicast, parseIp } from "../../src/wire/ip-address.ts";

const group = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff }) },
);
// The first 96 bits are never all zero: the system writes those addresses with dots, and nobody uses them.
const ipv6 = fc
  .tuple(fc.integer({ min: 1, max: 0xffff }), fc.array(group, { minLength: 7, maxLength: 7 }))
  .map(([first, rest]) => [first, ...rest].map((value) => value.toString(16)).join(":"));
const mapped = fc.ipV4().map((dotted) => `::ffff:${dotted}`);
const almost = fc.string({ unit: fc.constantFrom(..."0123456789abcdef:.:."), maxLength: 20 });

function parsed(text: string): Uint8Array {
  const bytes = parseIp(text);
  if (bytes === undefined) throw new Error(`${text} is an address`);
  return bytes;
}

describe("addresses", () => {
  test("what the system takes for an address is one, and nothing else", () => {
    fc.assert(
      fc.property(fc.oneof(ipv6, mapped, fc.ipV4(), fc.ipV6(), almost), (text) => {
        expect(parseIp(text)?.length ?? 0).toBe([0, 0, 0, 0, 4, 0, 16][isIP(text)]);
      }),
      { numRuns: 3000 },
    );
  });

  test("an address is written as the system writes it", () => {
    fc.assert(
      fc.property(fc.oneof(ipv6, mapped), (text) => {
        expect(formatIp(parsed(text))).toBe(
          new SocketAddress({ address: text, family: "ipv6" }).address,
        );
      }),
      { numRuns: 1000 },
    );
  });

  test("IPv4 addresses come back as they were", () => {
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        expect(formatIp(parsed(text))).toBe(text);
      }),
    );
  });

  test.each(["127.0.0.1", "10.0.0.7", "240.0.0.1", "::1", "fe80::1", "2001:db8::1"])(
    "%s may be sent to",
    (text) => {
      expect(isUnicast(parsed(text))).toBe(true);
    },
  );

  test.each(["0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "ff02::1", "::ffff:224.0.0.1"])(
    "%s may not be sent to",
    (text) => {
      expect(isUnicast(parsed(text))).toBe(false);
    },
  );

  test.each([
    "fe80::1%eth0",
    "localhost",
    "",
    "1.2.3",
    "1.2.3.4.5",
    "01.2.3.4",
    "1::2::3",
    "1:2:3:4:5:6:7:8:9",
  ])("%s is no address", (text) => {
    expect(parseIp(text)).toBeUndefined();
  });
});
