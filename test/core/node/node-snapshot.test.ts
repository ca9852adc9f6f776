import { expect, test } from "vitest";
import { startIdOf } from "../builders.ts";
import { DrivenNode } from "../driven-node.ts";

test("an explanation tells how it stands with the wire", () => {
  const node = new DrivenNode({ config: { wires: true, spies: true } });
  node.meet(["b"]);
  const wire = () => node.explain("b")?.probe?.wire;
  const [member, startId] = ["b", startIdOf("b")];
  expect(wire()).toBeNull();
  node.step({ kind: "wire-opened", member, startId });
  expect(wire()).toBe("open");
  node.step({ kind: "wire-closed", member, startId, how: "ended" });
  expect(wire()).toBe("closed");
  node.step({ kind: "wire-opened", member, startId });
  node.step({ kind: "wire-closed", member, startId, how: "reset" });
  expect(wire()).toBeNull();
});

test("members are in the order in which people count", () => {
  const node = new DrivenNode({ name: "n3", knows: ["n10", "n2", "n1"] });
  const names = node.snapshot.members.map(({ record }) => record.name);
  expect(names).toEqual(["n1", "n2", "n3", "n10"]);
});
