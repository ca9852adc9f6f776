import { describe, expect, test } from "vitest";
import { createCodec } from "../../../src/wire/codec.ts";
import { belief, CONFIG, names, PLAIN_SIZER, record, T } from "../builders.ts";
import { acking, DrivenNode } from "../driven-node.ts";
import { bodiesIn, toldTo } from "../outcome.ts";

describe("every datagram's header", () => {
  test("has the next number, from 1, whatever is sent and to whom", () => {
    const node = new DrivenNode({ knows: names(4), reply: acking, hasSeeds: true });
    node.meet(["silent"]);
    node.run(10 * T);
    const counters = node.sent.map(({ message }) => message.header.counter);
    expect(counters.length).toBeGreaterThan(50);
    expect(counters).toEqual(counters.map((_, index) => index + 1));
  });

  test("names the sender with its start and its present incarnation", () => {
    const node = new DrivenNode({ knows: ["b"], reply: acking });
    node.step({ kind: "advertise", tags: { zone: "a" }, services: [] });
    const from = node.now;
    node.run(T);
    const sent = node.sentOf("ping", "b", from);
    expect(sent.length).toBeGreaterThan(0);
    for (const { message } of sent) {
      expect(message.header).toMatchObject({
        sender: "self",
        startId: node.self.startId,
        incarnation: node.self.incarnation + 1,
      });
    }
  });
});

describe("updates that a message is to carry", () => {
  const gossip = { kind: "gossip" } as const;
  const request = { kind: "record-request", member: "m00" } as const;

  test("leave room for what is owed, and no more", () => {
    const node = new DrivenNode();
    for (const name of names(40)) node.hear("m01", gossip, { updates: [belief(record(name))] });
    node.hear("m01", request);
    const answer = node.sentOf("gossip", "m01").at(-1);
    expect(answer?.message.updates[0]).toEqual(belief(record("m00")));
    // 1,400 bytes, of which the base takes 100 and each update 50.
    expect(answer?.message.updates).toHaveLength(26);
  });

  test("are left out where they do not fit", () => {
    const sizer = { ...PLAIN_SIZER, updateBytes: () => CONFIG.datagramBytesMax };
    const node = new DrivenNode({ knows: ["m00"], sizer });
    const effects = node.hear("m00", request);
    expect(bodiesIn(effects, "gossip")).toHaveLength(1);
    expect(toldTo("m00", effects)).toEqual([]);
  });
});

test("no datagram is larger than the budget, however much is owed", () => {
  const codec = createCodec({ clusterLabel: "test" });
  const node = new DrivenNode({ knows: ["b", "c"], reply: acking, sizer: codec.sizer });
  const tags = { note: "t".repeat(400) };
  for (const name of names(60)) {
    node.gossip("b", belief(record(name, { tags })));
  }
  node.pingedBy("b");
  node.run(3 * T);
  const sizes = node.sent.map(({ message }) => codec.encode(message).length);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(CONFIG.datagramBytesMax);
  expect(Math.max(...sizes)).toBeGreaterThan(CONFIG.datagramBytesMax - 600);
});
