import { expect, test } from "vitest";
import type { PoolKind } from "../../../src/pool/host/dialect.ts";
import {
  createPoolReader,
  kindOfMeta,
  parseServiceMapping,
} from "../../../src/pool/host/dialect.ts";
import type { PoolRecord } from "../../../src/pool/wire/messages.ts";
import { packStruct } from "../../../src/pool/wire/raw-writer.ts";
import { golden, IN_THE_CLEAR, viewIn } from "../golden/golden.ts";

const serfMeta = (tags: Record<string, string>) =>
  Uint8Array.of(
    0xff,
    ...packStruct(
      Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, Buffer.from(value)])),
    ),
  );
const recordOf = (meta: Uint8Array): PoolRecord => ({
  name: "a",
  endpoint: { host: "10.0.0.1", port: 7946 },
  incarnation: 1,
  meta,
  versions: new Uint8Array(),
});
const announced = (kind: PoolKind, meta: Uint8Array, ...mappings: string[]) =>
  createPoolReader(kind, mappings.map(parseServiceMapping)).advertised(recordOf(meta));

test("the metadata tell which engine a pool is of", () => {
  expect(kindOfMeta(serfMeta({ role: "web" }))).toBe("serf");
  expect(kindOfMeta(serfMeta({ role: "node", dc: "dc1" }))).toBe("consul");
  expect(kindOfMeta(Uint8Array.of(1, 1, 2, 97, 98))).toBe("grafana");
  expect(kindOfMeta(new Uint8Array())).toBe("alertmanager");
  expect(kindOfMeta(Buffer.from("hello"))).toBe("memberlist");
});

test("tags are Serf's own, Grafana's role and zone, or the bytes themselves", () => {
  expect(announced("serf", serfMeta({ role: "web", a: "b" })).tags).toEqual({
    a: "b",
    role: "web",
  });
  expect(announced("grafana", Uint8Array.of(1, 2, 2, 97, 98)).tags).toEqual({
    role: "bridge",
    zone: "ab",
  });
  expect(announced("memberlist", Buffer.from("hello")).tags).toEqual({ meta: "hello" });
  expect(announced("memberlist", Uint8Array.of(7, 8, 255)).tags).toEqual({ meta: "0708ff" });
  expect(announced("alertmanager", new Uint8Array()).tags).toEqual({});
});

test("a tag names a service, and a number or another tag its port", () => {
  const meta = serfMeta({ role: "web", http: "8080" });
  expect(announced("serf", meta, "role:http", "role:90").services).toMatchObject([
    { name: "web", port: 8080 },
    { name: "web", port: 90 },
  ]);
  expect(announced("serf", meta, "role:missing", "zone:80").services).toEqual([]);
  expect(announced("serf", serfMeta({ role: "no such name!" }), "role:80").services).toEqual([]);
});

test.each(["role", ":80", "role:", "role:0", "role:65536"])("%s is not tag:port", (text) => {
  expect(() => parseServiceMapping(text)).toThrow("is not tag:port");
});

test("broken metadata are shown as bytes, and take nothing else with them", () => {
  expect(announced("serf", Uint8Array.of(0xff, 0x81, 0xa9)).tags).toEqual({ meta: "ff81a9" });
});

test("a Serf agent's view says who said goodbye", () => {
  const { leaving } = createPoolReader("serf", []);
  const views = golden("serf-uncompressed")
    .filter(({ how, bytes }) => how !== "packet" && bytes[0] === 6)
    .map(({ bytes }) => leaving?.inUserState(viewIn(bytes, IN_THE_CLEAR).userState));
  expect(views.length).toBeGreaterThan(1);
  expect(views[0]).toEqual([]);
  expect(leaving?.inUserState(Uint8Array.of(2, 0x81))).toEqual([]);
  expect(
    leaving?.inMessage(Uint8Array.of(0, 0x81, 0xa4, ...Buffer.from("Node"), 0xa1, 97)),
  ).toEqual(["a"]);
});
