import { expect, test } from "vitest";
import { plainService } from "../../../src/core/member.ts";
import { Self } from "../../../src/core/membership/self.ts";
import { record } from "../builders.ts";

test("a member outranks a rumour by one more than the higher of both incarnations", () => {
  const self = new Self(record("me", { incarnation: 5 }));
  self.raiseAbove(9);
  expect(self.record.incarnation).toBe(10);
  self.raiseAbove(3);
  expect(self.record.incarnation).toBe(11);
});

test("an incarnation stays within 32 bits", () => {
  const self = new Self(record("me"));
  self.raiseAbove(0xffff_ffff);
  expect(self.record.incarnation).toBe(0xffff_ffff);
});

test("every change that a member makes to itself raises its incarnation", () => {
  const self = new Self(record("me", { incarnation: 5 }));
  self.advertise({ zone: "a" }, [plainService("web", 80)]);
  expect(self.record).toMatchObject({
    incarnation: 6,
    tags: { zone: "a" },
    services: [plainService("web", 80)],
  });
  self.beginLeaving();
  expect(self.record.incarnation).toBe(7);
});

test("a member tells that it is alive while it runs, and from its goodbye on that it left", () => {
  const self = new Self(record("me"));
  expect(self.toUpdate().state).toBe("alive");
  self.beginLeaving();
  expect(self.toUpdate().state).toBe("left");
  self.finishLeaving();
  expect(self.toUpdate().state).toBe("left");
});
