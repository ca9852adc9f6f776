import { expect, test } from "vitest";
import { plainService } from "../../../src/core/member.ts";
import { instancesByService } from "../../../src/discovery/directory/instances.ts";
import { selectEndpoints } from "../../../src/discovery/select-endpoints.ts";
import { accusation, record, T, verdict } from "../../core/builders.ts";
import { acking, DrivenNode } from "../../core/driven-node.ts";

const POLICY = { panicShare: 0, isIsolated: false, phiSuspect: 8 };

/** A node that hears b, c and d, of which b offers `web`. */
function watching(): DrivenNode {
  const node = new DrivenNode();
  node.become(record("b", { services: [plainService("web", 8080)] }));
  node.meet(["b", "c", "d"], acking);
  node.run(20 * T);
  return node;
}

function known(node: DrivenNode) {
  const found = instancesByService(node.snapshot, 60_000, (name) => node.explain(name));
  return found.get("web") ?? [];
}

test("a consumer's threshold is for the larger of silence and slowness", () => {
  const node = watching();
  node.answer("b");
  const slowness = () => known(node)[0]?.slowness ?? 0;
  for (let steps = 0; slowness() < 2 && steps < 1000; steps++) node.run(5);
  const [seen] = known(node);
  expect(node.explain("b")?.lastHeardMs).toBeLessThan(1.3 * T);
  expect(seen).toMatchObject({ state: "alive", phi: seen?.slowness });
  const select = (maxPhi: number) => selectEndpoints(known(node), { maxPhi }, POLICY);
  expect(select(3).endpoints).toHaveLength(1);
  expect(select(1.9)).toMatchObject({
    endpoints: [],
    out: [{ why: "alive, phi is above 1.9: it is slow to answer" }],
  });
});

test("those who say that a member is frozen are counted against its observers", () => {
  const node = watching();
  const accuse = (accuser: string, evidence: "frozen" | "silence", revision = 0) =>
    node.gossip(accuser, accusation(record("b"), accuser, { evidence, revision }));
  accuse("c", "silence");
  expect(known(node)[0]?.frozenSay).toEqual({ accusers: 0, observers: 0 });
  accuse("d", "frozen");
  expect(known(node)[0]).toMatchObject({
    silence: "frozen",
    frozenSay: { accusers: 1, observers: 3 },
  });
  accuse("c", "frozen", 1);
  expect(known(node)[0]?.frozenSay).toEqual({ accusers: 2, observers: 3 });
});

test("the word of one that died since does not count", () => {
  const node = watching();
  for (const silent of ["b", "d"]) node.answer(silent);
  const updates = ["c", "d"].map((accuser) =>
    accusation(record("b"), accuser, { evidence: "frozen" }),
  );
  node.hear("c", { kind: "gossip" }, { updates });
  const crash = verdict(record("d"), "dead", "c", { cause: "crash" });
  node.gossip("c", crash);
  node.run(T);
  expect(node.state("d")).toBe("dead");
  expect(known(node)[0]?.frozenSay).toEqual({ accusers: 1, observers: 2 });
});
