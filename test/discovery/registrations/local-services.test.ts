import { describe, expect, test, vi } from "vitest";
import type { Service, Tags } from "../../../src/core/member.ts";
import { definitionSchema } from "../../../src/discovery/registrations/definition-schema.ts";
import {
  LocalServices,
  type LocalServicesSettings,
} from "../../../src/discovery/registrations/local-services.ts";
import { advertisedComplaint } from "../../../src/wire/record/advertised.ts";
import { fakeTimeInEach } from "../../fake-time.ts";

fakeTimeInEach("setTimeout", "clearTimeout", "performance");

const web = definitionSchema.parse("web:8080");

function open(more: Partial<LocalServicesSettings> = {}) {
  const told: [Tags, readonly Service[]][] = [];
  const settings = { tags: { rack: "3" }, services: [web], allowScripts: false, ...more };
  const localServices = new LocalServices(settings, {
    onEvent: () => undefined,
    nowMs: () => performance.now(),
    advertise: (tags, services) => told.push([tags, services]),
    validate: advertisedComplaint,
  });
  const names = () => localServices.services().map(({ name, port }) => `${name}:${port}`);
  return { localServices, told, names };
}

test("what is registered is offered beside the settings, with what it leaves out as usual", () => {
  const { localServices, told, names } = open();
  const service = localServices.register("db", { port: 5432, tags: ["primary"] });
  expect(service).toEqual({
    ...{ name: "db", port: 5432, health: "passing", weight: 100, tags: ["primary"], meta: {} },
  });
  expect(names()).toEqual(["web:8080", "db:5432"]);
  expect(told).toEqual([[{ rack: "3" }, localServices.services()]]);
});

test("a registered service replaces one of the settings by name, whatever its case", () => {
  const { localServices, names } = open();
  localServices.register("Web", { port: 9090 });
  expect(names()).toEqual(["Web:9090"]);
});

test("a service in maintenance is told as critical with the reason, and each order ends by itself", () => {
  const { localServices, told } = open();
  localServices.register("db", { port: 5432 });
  localServices.beginMaintenance(null, "reboot");
  localServices.beginMaintenance("Web", "new disks");
  const reasons = () => localServices.services().map(({ maintenance }) => maintenance);
  expect(reasons()).toEqual(["new disks", "reboot"]);
  expect(told.at(-1)?.[1]).toMatchObject([{ health: "critical" }, { health: "critical" }]);
  expect(localServices.endMaintenance(null)).toBe(true);
  expect(reasons()).toEqual(["new disks", undefined]);
  expect(localServices.endMaintenance(null)).toBe(false);
  expect(localServices.endMaintenance("web")).toBe(true);
  expect(told.at(-1)?.[1]).toEqual(localServices.services());
  expect(localServices.services()[0]).toMatchObject({ health: "passing" });
});

test("maintenance of a service that is not offered, or that no record can carry, changes nothing", () => {
  const { localServices, told } = open({ tags: { much: "x".repeat(440) } });
  expect(localServices.beginMaintenance("mail", "why")).toBe(false);
  expect(() => localServices.beginMaintenance("web", "y".repeat(90))).toThrow(/at most 512/);
  expect(localServices.maintenance()).toEqual([]);
  expect(told).toEqual([]);
});

test("what is withdrawn is offered no more until the settings are read anew", () => {
  const { localServices, names } = open();
  expect(localServices.withdraw("WEB")).toBe(true);
  expect(localServices.withdraw("web")).toBe(false);
  expect(names()).toEqual([]);
  localServices.configure({}, [web]);
  expect(names()).toEqual(["web:8080"]);
});

test("settings that are read anew and say the same are told to nobody", () => {
  const { localServices, told } = open();
  localServices.configure({ rack: "3" }, [web]);
  expect(told).toEqual([]);
});

test("reading the settings anew keeps what programs registered", () => {
  const { localServices, names } = open();
  localServices.register("db", { port: 5432 });
  localServices.configure({}, []);
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
  expect(() => open().localServices.register("x", body)).toThrow(message);
});

test.each(["a.b", "-a", "a-", "", "x".repeat(64)])(
  "a name that DNS cannot carry is refused: %j",
  (name) => {
    expect(() => open().localServices.register(name, { port: 80 })).toThrow(/DNS can carry/);
  },
);

test("what no record can carry is refused, and nothing changes", () => {
  const { localServices, told, names } = open();
  const body = { port: 1, meta: { note: "x".repeat(500) } };
  expect(() => localServices.register("big", body)).toThrow(/take \d+ bytes together; at most 512/);
  expect([names(), told]).toEqual([["web:8080"], []]);
});

test("changes that come too fast are told together, one a second", () => {
  const { localServices, told } = open();
  for (let port = 1; port <= 100; port++) localServices.register("db", { port });
  const atOnce = told.length;
  expect(atOnce).toBe(8);
  vi.advanceTimersByTime(1000);
  expect(told.length).toBe(atOnce + 1);
  expect(told.at(-1)?.[1].at(-1)?.port).toBe(100);
  vi.advanceTimersByTime(10_000);
  expect(told.length).toBe(atOnce + 1);
});

describe("checks", () => {
  const TTL = { port: 5432, checks: [{ ttl: "1s" }] };

  test("a service with checks is starting at first, and the cluster is told when that changes", () => {
    const { localServices, told } = open();
    localServices.start();
    expect(localServices.register("db", TTL).health).toBe("starting");
    expect(localServices.hear("db", "passed", "fine")?.health).toBe("passing");
    expect(told.map(([, services]) => services.at(-1)?.health)).toEqual(["starting", "passing"]);
    expect(localServices.checks()).toMatchObject([{ service: "db", check: "ttl", output: "fine" }]);
  });

  test("registering the same again changes nothing about what its checks found", () => {
    const { localServices } = open();
    localServices.register("db", TTL);
    localServices.hear("db", "passed", "fine");
    expect(localServices.register("db", TTL).health).toBe("passing");
    expect(localServices.register("db", { ...TTL, port: 5433 }).health).toBe("starting");
  });

  test("a heartbeat to a service without a check that listens is refused with what to do", () => {
    const { localServices } = open();
    expect(() => localServices.hear("web", "passed", "")).toThrow(
      /it has no ttl check; register it with/,
    );
    expect(localServices.hear("nope", "passed", "")).toBeUndefined();
  });

  test("a request may not make the daemon run programs, its settings may", () => {
    const script = { name: "db", port: 5432, checks: [{ script: ["/bin/true"] }] };
    const { name: _, ...body } = script;
    expect(() => open().localServices.register("db", body)).toThrow(/--allow-scripts/);
    expect(open({ allowScripts: true }).localServices.register("db", body).port).toBe(5432);
    expect(definitionSchema.parse(script).checks).toHaveLength(1);
  });

  test.each([
    [{}, /^service x: checks.0: \{\} must have exactly one of http, tcp, script, ttl/],
    [{ http: "/a", tcp: true }, /must have exactly one of/],
    [{ http: "ftp://x" }, /^service x: checks.0.http: "ftp:\/\/x" must be a URL of http/],
    [{ tcp: "8080" }, /must be host:port/],
    [{ tcp: "a:99999" }, /must be host:port/],
    [{ script: "ls -l" }, /must be a list of a program and its arguments/],
    [{ ttl: "1d" }, /^service x: checks.0.ttl: "1d" must be a time such as 500ms/],
    [{ tcp: true, interval: "1ms" }, /from 100 ms to 86400 s/],
    [{ tcp: true, failAfter: 0 }, /must be a whole number from 1 to 100/],
  ])("a check of %j is refused", (check, message) => {
    expect(() => open().localServices.register("x", { port: 80, checks: [check] })).toThrow(
      message,
    );
  });

  test("what a check leaves out is as usual, and a path is one of the service's own port", () => {
    const [http, tcp] = definitionSchema.parse({
      ...{ name: "x", port: 80 },
      checks: [{ http: "/health" }, { tcp: "[::1]:81", interval: "500ms", timeout: "2s" }],
    }).checks;
    expect(http).toEqual({
      target: { kind: "http", url: "http://127.0.0.1:80/health" },
      ...{ intervalMs: 10_000, timeoutMs: 5000, passAfter: 2, failAfter: 3 },
    });
    expect(tcp).toMatchObject({ target: { kind: "tcp", host: "::1", port: 81 }, intervalMs: 500 });
  });
});
