import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Service, Tags } from "../../src/core/member.ts";
import { LocalServices } from "../../src/discovery/local-services.ts";
import { definitionSchema } from "../../src/discovery/service-definition.ts";
import { advertisedComplaint } from "../../src/wire/record/advertised.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const web = definitionSchema.parse("web:8080");

function open() {
  const told: [Tags, readonly Service[]][] = [];
  const offers = new LocalServices({ rack: "3" }, [web], {
    nowMs: () => performance.now(),
    advertise: (tags, services) => told.push([tags, services]),
    complain: advertisedComplaint,
  });
  const names = () => offers.services().map(({ name, port }) => `${name}:${port}`);
  return { offers, told, names };
}

test("what is registered is offered beside the settings, with what it leaves out as usual", () => {
  const { offers, told, names } = open();
  const service = offers.register("db", { port: 5432, tags: ["primary"] });
  expect(service).toEqual({
    ...{ name: "db", port: 5432, health: "passing", weight: 100, tags: ["primary"], meta: {} },
  });
  expect(names()).toEqual(["web:8080", "db:5432"]);
  expect(told).toEqual([[{ rack: "3" }, offers.services()]]);
});

test("a registered service replaces one of the settings by name, whatever its case", () => {
  const { offers, names } = open();
  offers.register("Web", { port: 9090 });
  expect(names()).toEqual(["Web:9090"]);
});

test("what is withdrawn is offered no more until the settings are read anew", () => {
  const { offers, names } = open();
  expect(offers.withdraw("WEB")).toBe(true);
  expect(offers.withdraw("web")).toBe(false);
  expect(names()).toEqual([]);
  offers.configure({}, [web]);
  expect(names()).toEqual(["web:8080"]);
});

test("reading the settings anew keeps what programs registered", () => {
  const { offers, names } = open();
  offers.register("db", { port: 5432 });
  offers.configure({}, []);
  expect(names()).toEqual(["db:5432"]);
});

test.each([
  [{}, "service x: port: nothing must be a whole number from 1 to 65535"],
  [{ port: 70000 }, "service x: port: 70000 must be a whole number from 1 to 65535"],
  [{ port: 80, weight: 0 }, "service x: weight: 0 must be a whole number from 1 to 256"],
  [
    { port: 80, tags: ["a.b"] },
    /^service x: tags.0: "a.b" must be 1 to 63 of .* so that DNS can carry it$/,
  ],
  [{ port: 80, meta: { a: [] } }, "service x: meta.a: [] must be a text, a number, true or false"],
  [[], /^service x: the body must be an object such as/],
  [{ port: 80, wieght: 3 }, /^service x: the body has wieght, but may have only name, port, /],
])("a registration of %j is refused with what is wrong", (body, message) => {
  expect(() => open().offers.register("x", body)).toThrow(message);
});

test.each(["a.b", "-a", "a-", "", "x".repeat(64)])(
  "a name that DNS cannot carry is refused: %j",
  (name) => {
    expect(() => open().offers.register(name, { port: 80 })).toThrow(/DNS can carry/);
  },
);

test("what no record can carry is refused, and nothing changes", () => {
  const { offers, told, names } = open();
  const body = { port: 1, meta: { note: "x".repeat(500) } };
  expect(() => offers.register("big", body)).toThrow(/take \d+ bytes together; at most 512/);
  expect([names(), told]).toEqual([["web:8080"], []]);
});

test("changes that come too fast are told together, one a second", () => {
  const { offers, told } = open();
  for (let port = 1; port <= 100; port++) offers.register("db", { port });
  const atOnce = told.length;
  expect(atOnce).toBe(8);
  vi.advanceTimersByTime(1000);
  expect(told.length).toBe(atOnce + 1);
  expect(told.at(-1)?.[1].at(-1)?.port).toBe(100);
  vi.advanceTimersByTime(10_000);
  expect(told.length).toBe(atOnce + 1);
});
