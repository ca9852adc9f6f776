import dns from "node:dns";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { CheckSpec, CheckTarget } from "../../../src/discovery/checks/check-spec.ts";
import { HealthCheck } from "../../../src/discovery/checks/health-check.ts";
import { serveHttp } from "../../loopback-servers.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function open(spec: Partial<CheckSpec> & Pick<CheckSpec, "target">) {
  const healths: string[] = [];
  const check: HealthCheck = new HealthCheck({
    spec: { intervalMs: 20, timeoutMs: 1000, passAfter: 2, failAfter: 2, ...spec },
    env: {},
    onChange: () => healths.push(check.health),
  });
  onTestFinished(() => check.close());
  check.start();
  return { check, healths };
}

function serve(status: () => number) {
  return serveHttp((_request, response) => {
    const code = status();
    if (code > 0) response.writeHead(code).end();
  });
}

test("a check is starting until it ran once, then follows its service", async () => {
  let status = 200;
  const { url } = await serve(() => status);
  const { check, healths } = open({ target: { kind: "http", url } });
  expect(check.health).toBe("starting");
  await expect.poll(() => healths).toEqual(["passing"]);
  status = 500;
  await expect.poll(() => healths).toEqual(["passing", "critical"]);
  status = 200;
  await expect.poll(() => healths).toEqual(["passing", "critical", "passing"]);
  expect(check.report()).toMatchObject({
    check: `http ${url}`,
    health: "passing",
    output: "HTTP 200 OK:",
  });
});

test("a run that takes too long has failed, and only one runs at a time", async () => {
  let asked = 0;
  const { url } = await serve(() => {
    asked += 1;
    return 0;
  });
  const { check } = open({ target: { kind: "http", url }, timeoutMs: 50 });
  await expect.poll(() => check.report().runs).toBe(2);
  expect(check.output).toBe("no result within 0.05 s");
  expect(asked).toBeLessThanOrEqual(3);
});

describe("a run that takes too long", () => {
  const TARGETS: readonly CheckTarget[] = [
    { kind: "http", url: "http://backend.invalid/" },
    { kind: "http", url: "https://backend.invalid/" },
    { kind: "tcp", host: "backend.invalid", port: 80 },
  ];

  test.each(TARGETS)("because a name server is silent blames nobody: %j", async (target) => {
    vi.spyOn(dns, "lookup").mockImplementation(() => undefined);
    const { check } = open({ target, timeoutMs: 50 });
    await expect.poll(() => check.health).toBe("unknown");
    expect(check.output).toBe("its name did not resolve within 0.05 s");
  });

  test("after its name was resolved has failed", async () => {
    const { url } = await serve(() => 0);
    const named = url.replace("127.0.0.1", "localhost");
    const { check } = open({ target: { kind: "http", url: named }, timeoutMs: 500 });
    await expect.poll(() => check.output).toBe("no result within 0.5 s");
    expect(check.health).toBe("critical");
  });
});

test("a check that is closed looks no more", async () => {
  let asked = 0;
  const { url } = await serve(() => {
    asked += 1;
    return 200;
  });
  const { check } = open({ target: { kind: "http", url } });
  await expect.poll(() => asked).toBeGreaterThan(1);
  check.close();
  const { runs } = check.report();
  // Another check with the same interval has looked three times by then.
  const { check: other } = open({ target: { kind: "http", url } });
  await expect.poll(() => other.report().runs).toBeGreaterThan(2);
  expect(check.report().runs).toBe(runs);
});

describe("a service that has to speak for itself", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "performance"] });
  });
  const TTL = { target: { kind: "ttl" }, intervalMs: 1000, passAfter: 1, failAfter: 1 } as const;
  const alive = { result: "passed", output: "fine" } as const;

  test("is starting at first, passing with a heartbeat, critical without the next", () => {
    const { check, healths } = open(TTL);
    expect(check.health).toBe("starting");
    check.hear(alive);
    vi.advanceTimersByTime(900);
    check.hear(alive);
    vi.advanceTimersByTime(999);
    expect(healths).toEqual(["passing"]);
    vi.advanceTimersByTime(2);
    expect([healths, check.output]).toEqual([["passing", "critical"], "no heartbeat for 1 s"]);
  });

  test("is given its time anew when this process stood still meanwhile", () => {
    const { check, healths } = open(TTL);
    check.hear(alive);
    vi.setSystemTime(0);
    const clock = vi.spyOn(performance, "now").mockReturnValue(performance.now() + 60_000);
    vi.advanceTimersByTime(1001);
    expect(healths).toEqual(["passing"]);
    clock.mockRestore();
  });
});
