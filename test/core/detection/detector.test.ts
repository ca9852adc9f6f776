import fc from "fast-check";
import { expect, test } from "vitest";
import { Detector } from "../../../src/core/detection/detector.ts";
import { CONFIG, T } from "../builders.ts";
import { ackingAndNacking, DrivenNode } from "../driven-node.ts";

function detectorAt(now: number, changes: { phiSuspect?: number; windowSamples?: number } = {}) {
  return new Detector({ ...CONFIG, ...changes }, now);
}

/** Acks that come `gapsMs` apart, each one also evidence; returns the time of the last. */
function ackAll(detector: Detector, gapsMs: readonly number[], from = 0): number {
  let now = from;
  detector.recordHeard(now);
  detector.onAck(now, true);
  for (const gap of gapsMs) {
    now += gap;
    detector.recordHeard(now);
    detector.onAck(now, true);
  }
  return now;
}

const regular = (count: number, gapMs = T) => Array.from({ length: count }, () => gapMs);

test("a new detector expects an ack about every period, from eight assumed samples", () => {
  const detector = detectorAt(0);
  expect(detector.intervalsMs).toHaveLength(8);
  expect(detector.meanMs).toBeCloseTo(T, 9);
  expect(detector.deviationMs).toBeCloseTo(0.1 * T, 6);
});

test("phi is 0.3 after a silence of the mean, and 8 after 5.6 deviations more", () => {
  const detector = detectorAt(0);
  expect(detector.phi(T)).toBeCloseTo(0.30103, 5);
  expect(detector.phi(T + 5.612 * 0.1 * T)).toBeCloseTo(8, 2);
});

test("phi reaches phiSuspect exactly at the time that is foretold", () => {
  const recordRepair = fc.array(fc.integer({ min: 600, max: 1500 }), { maxLength: 200 });
  fc.assert(
    fc.property(recordRepair, fc.integer({ min: 1, max: 16 }), (gapsMs, phiSuspect) => {
      const detector = detectorAt(0, { phiSuspect });
      ackAll(detector, gapsMs);
      expect(detector.phi(detector.suspectAt())).toBeCloseTo(phiSuspect, 6);
    }),
    { numRuns: 50 },
  );
});

test("a subject is silent from phi 3 on", () => {
  const detector = detectorAt(0);
  let now = 0;
  while (detector.phi(now) < 3) {
    expect(detector.isSilent(now)).toBe(false);
    now += 0.25;
  }
  expect(detector.isSilent(now)).toBe(true);
});

test("phi never falls while the silence lasts, and is finite after a year of it", () => {
  const detector = detectorAt(0);
  const phis = regular(200, 50).map((step, index) => detector.phi(index * step));
  expect(phis.findIndex((phi, at) => phi < (phis[at - 1] ?? 0))).toBe(-1);
  expect(Number.isFinite(detector.phi(365 * 86_400_000))).toBe(true);
});

test("direct evidence that is no ack ends the silence and is no sample", () => {
  const detector = detectorAt(0);
  ackAll(detector, regular(3));
  const before = detector.intervalsMs;
  detector.recordHeard(3 * T + 900);
  expect(detector.phi(3 * T + 900)).toBeLessThan(1e-9);
  expect(detector.intervalsMs).toEqual(before);
});

test("evidence that overtook newer evidence does not lengthen the silence", () => {
  const detector = detectorAt(0);
  detector.recordHeard(5000);
  detector.recordHeard(4000);
  expect(detector.phi(5000 + T)).toBeCloseTo(0.30103, 5);
});

test("the first ack has no interval, the second one's is learned", () => {
  const detector = detectorAt(0);
  detector.onAck(700, true);
  expect(detector.intervalsMs).toHaveLength(8);
  detector.onAck(1800, true);
  expect(detector.intervalsMs.slice(8)).toEqual([1100]);
});

test("a gap under three quarters of a period is part of a burst and not learned, and no gap reaches across it", () => {
  const detector = detectorAt(0);
  const last = ackAll(detector, [T]);
  detector.onAck(last + 749, true);
  expect(detector.intervalsMs).toHaveLength(9);
  detector.onAck(last + 1500, true);
  expect(detector.intervalsMs.slice(9)).toEqual([751]);
});

test("a gap within a quarter of the period is learned, whatever the mean is", () => {
  for (const mean of [800, 1000, 1200]) {
    const detector = detectorAt(0, { windowSamples: 4 });
    const last = ackAll(detector, regular(20, mean));
    detector.onAck(last + 750, true);
    detector.onAck(last + 750 + 1249, true);
    expect(detector.intervalsMs.slice(2)).toEqual([750, 1249]);
  }
});

test("a gap of a period and a quarter is an outage and not learned, though others came meanwhile", () => {
  const detector = detectorAt(0);
  const last = ackAll(detector, []);
  for (let at = last; at < last + 1250; at += 100) detector.recordHeard(at);
  detector.onAck(last + 1250, true);
  expect(detector.intervalsMs).toHaveLength(8);
});

test("an outage of the answers leaves the rhythm as it was, and the acks after it are learned again", () => {
  const detector = detectorAt(0);
  let last = ackAll(detector, regular(40));
  for (let outage = 0; outage < 5; outage++) last = ackAll(detector, regular(3), last + 60 * T);
  expect(detector.meanMs).toBeCloseTo(T, 6);
  expect(detector.intervalsMs).toHaveLength(8 + 40 + 5 * 3);
});

test("a gap that may not be learned is left out, and the one after it is learned", () => {
  const detector = detectorAt(0);
  detector.onAck(0, true);
  detector.onAck(3000, false);
  detector.onAck(4000, true);
  expect(detector.intervalsMs.slice(8)).toEqual([1000]);
});

test("a skipped gap is not learned", () => {
  const detector = detectorAt(0);
  detector.onAck(0, true);
  detector.skipGap();
  detector.onAck(3000, true);
  detector.onAck(4000, true);
  expect(detector.intervalsMs.slice(8)).toEqual([1000]);
});

test("the window holds the newest samples, oldest first, and the mean and deviation are theirs alone", () => {
  const recordRepair = Array.from({ length: 300 }, (_, index) => 900 + ((index * 37) % 200));
  const detector = detectorAt(0);
  ackAll(detector, recordRepair);
  const window = recordRepair.slice(-128);
  const mean = window.reduce((sum, gap) => sum + gap, 0) / 128;
  const variance = window.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / 128;
  expect(detector.intervalsMs).toEqual(window);
  expect(detector.meanMs).toBeCloseTo(mean, 6);
  expect(variance).toBeLessThan((0.1 * mean) ** 2);
  expect(detector.deviationMs).toBeCloseTo(0.1 * mean, 6);
});

test("a full window of the subject's own samples has forgotten the prior", () => {
  const detector = detectorAt(0, { windowSamples: 16 });
  ackAll(detector, regular(16, 1200));
  expect(detector.meanMs).toBeCloseTo(1200, 9);
});

test("the deviation is never taken under a tenth of the mean", () => {
  const detector = detectorAt(0);
  ackAll(detector, regular(200));
  expect(detector.deviationMs).toBeCloseTo(100, 6);
  expect(detector.isAtFloor).toBe(true);
});

test("the deviation is never taken under 20 ms, where a tenth of the mean is less", () => {
  const detector = new Detector({ ...CONFIG, probeIntervalMs: 100 }, 0);
  ackAll(detector, regular(200, 100));
  expect(detector.deviationMs).toBe(20);
});

test("a deviation of the sample's own counts where it is above the floor", () => {
  const detector = detectorAt(0);
  ackAll(
    detector,
    regular(200).map((gap, index) => gap + (index % 2 === 0 ? 200 : -200)),
  );
  expect(detector.deviationMs).toBeCloseTo(200, 6);
  expect(detector.isAtFloor).toBe(false);
});

test("a span in which we could not hear is taken out of the silence and out of the samples", () => {
  const detector = detectorAt(0);
  const last = ackAll(detector, regular(2));
  detector.shift(4000, last + 4100);
  expect(detector.suspectAt()).toBeCloseTo(last + 4000 + T + 5.612 * 100, 0);
  detector.onAck(last + 4200, true);
  expect(detector.intervalsMs).toHaveLength(10);
});

test("a shift never puts the last evidence into the future", () => {
  const detector = detectorAt(0);
  detector.recordHeard(1000);
  detector.shift(5000, 1200);
  expect(detector.phi(1200 + T)).toBeCloseTo(0.30103, 5);
});

test("a member that was deaf for a minute is found out as soon as any other when it dies later", () => {
  const accusedAfterMs = (deafPeriods: number): number => {
    const node = new DrivenNode({ knows: ["b", "c", "d"], reply: ackingAndNacking });
    node.run(20 * T);
    node.answer("b");
    for (let half = 0; half < 2 * deafPeriods; half++) {
      node.run(T / 2);
      node.gossip("b");
    }
    node.answer("b", ackingAndNacking);
    node.run(20.5 * T);
    node.answer("b");
    const heardAt = node.now - (node.explain("b")?.lastHeardMs ?? 0);
    while (node.state("b") === "alive") node.run(10);
    return node.now - heardAt;
  };
  const healthy = accusedAfterMs(0);
  expect(healthy).toBeLessThan(2 * T);
  expect(Math.abs(accusedAfterMs(60) - healthy)).toBeLessThan(0.1 * T);
});
