import { describe, expect, test } from "vitest";
import { POOL_LAN } from "../../../src/pool/core/pool-config.ts";
import { calmPool, GUEST } from "./pool-sim.ts";

const T = POOL_LAN.probeIntervalMs;

describe("nobody is heard", () => {
  test("a guest that is cut off says so, and takes nobody for dead", () => {
    const sim = calmPool(4);
    const at = sim.nowMs;
    sim.cutGuest();
    sim.run(60 * T);
    expect(sim.eventsOf("guest-cut-off", at)).toMatchObject([{ why: "silence" }]);
    expect(sim.eventsOf("member-changed", at)).toEqual([]);
    expect(sim.watch.snapshot(sim.nowMs).isolated).toBe(true);
    expect(sim.eventsOf("seeds-wanted", at).length).toBeGreaterThan(2);
    sim.network.heal();
    const healedAt = sim.nowMs;
    sim.run(5 * T);
    expect(sim.watch.snapshot(sim.nowMs)).toMatchObject({ isolated: false, notYet: null });
    expect(sim.eventsOf("isolated-changed", healedAt)).toMatchObject([{ isolated: false }]);
  });

  test("a pool whose processes are all gone is dead, and the guest is not cut off", () => {
    const sim = calmPool(3);
    const at = sim.nowMs;
    for (const name of sim.names) sim.kill(name);
    sim.run(6 * T);
    expect(sim.eventsOf("guest-cut-off", at)).toMatchObject([{ why: "refused" }]);
    expect(sim.states()).toEqual({ m1: "dead", m2: "dead", m3: "dead" });
    expect(sim.eventsOf("member-changed", at)).toMatchObject(
      sim.names.map(() => ({ to: "dead", by: GUEST, cause: "refusal" })),
    );
    expect(sim.watch.snapshot(sim.nowMs).isolated).toBe(false);
  });

  test("a pool that begins anew is seen, though it remembers nothing", () => {
    const sim = calmPool(3);
    for (const name of sim.names) sim.kill(name);
    sim.run(20 * T);
    for (const name of sim.names) sim.restart(name);
    sim.run(15 * T);
    expect(sim.states()).toEqual({ m1: "alive", m2: "alive", m3: "alive" });
  });
});

describe("the guest's own process", () => {
  test("after it stood still for eight seconds nobody is doubted", () => {
    const sim = calmPool(5);
    const at = sim.nowMs;
    sim.stallGuest(8 * T);
    sim.run(1);
    for (const { phi } of sim.watch.snapshot(sim.nowMs).members) expect(phi).toBeLessThan(3);
    sim.run(10 * T);
    const kinds = sim.events.filter(({ atMs }) => atMs >= at).map(({ event }) => event.kind);
    expect(kinds).toEqual(["stalled"]);
    expect(sim.watch.snapshot(sim.nowMs).stalls).toMatchObject({ count: 1 });
  });

  test("a death that it slept through is shown at once", () => {
    const sim = calmPool(4);
    sim.kill("m4");
    sim.stallGuest(40 * T);
    sim.run(3 * T);
    expect(sim.states()).toMatchObject({ m1: "alive", m2: "alive", m3: "alive", m4: "dead" });
  });

  test("a guest that starts anew knows all within two seconds, and the pool does not notice", () => {
    const sim = calmPool(6);
    const at = sim.nowMs;
    sim.restartGuest();
    sim.run(2 * T);
    const { members } = sim.watch.snapshot(sim.nowMs);
    expect(members.map(({ state, phi }) => state === "alive" && phi !== null)).toEqual(
      sim.names.map(() => true),
    );
    expect(sim.news.filter(({ atMs }) => atMs >= at)).toEqual([]);
  });
});

test("a lone member that all others are dead to does not talk the guest out of them", () => {
  const sim = calmPool(4);
  for (const name of ["m2", "m3", "m4"]) sim.cut("m1", name);
  sim.run(90 * T);
  expect(sim.states()).toMatchObject({ m2: "alive", m3: "alive", m4: "alive" });
  expect(sim.states().m1).toBe("dead");
});

test("what one member believes otherwise is reported once", () => {
  const sim = calmPool(4);
  const at = sim.nowMs;
  for (const name of ["m2", "m3", "m4"]) sim.cut("m1", name);
  sim.run(90 * T);
  expect(sim.eventsOf("view-differs", at).length).toBeLessThanOrEqual(1);
});

test("the table of 60 members is theirs, through deaths and returns", () => {
  const sim = calmPool(60);
  const dead = ["m7", "m23", "m48"];
  for (const name of dead) sim.kill(name);
  sim.run(40 * T);
  const expected = (isDead: boolean) =>
    Object.fromEntries(
      sim.names.map((name) => [name, isDead && dead.includes(name) ? "dead" : "alive"]),
    );
  expect(sim.states()).toEqual(expected(true));
  sim.run(60 * T);
  for (const name of dead) sim.restart(name);
  sim.run(10 * T);
  expect(sim.states()).toEqual(expected(false));
});
