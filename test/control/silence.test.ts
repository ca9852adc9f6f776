import { expect, test } from "vitest";
import { openApi } from "./api.ts";
import { changed, member } from "./fake-node.ts";

test("a suspect has the kind that its accusers know together, and whether it is a fact", async () => {
  const { node, client } = await openApi();
  node.members.push({ ...member("n1", "suspect"), silence: "frozen", slowness: 4.567 });
  const { members } = await client.members();
  expect(members[1]).toMatchObject({ silence: "frozen", certainty: "fact", slowness: 4.57 });
});

test.each([
  ["of a host that fell silent", "unreachable", "unreachable", "inferred"],
  ["of a crash", "crash", "crashed", "fact"],
  ["by a quorum on its silence", "quorum", "silence", "inferred"],
] as const)("a death %s has the kind of its verdict", async (_what, cause, silence, certainty) => {
  const { node, client } = await openApi();
  node.members.push({ ...member("n1", "dead"), silence: null });
  node.causes.accept(changed("n1", "dead", cause));
  expect((await client.explain("n1")).silence).toBe(silence);
  expect((await client.members()).members[1]).toMatchObject({ silence, certainty });
});

test("of a death before this start it is known at most that its host refused", async () => {
  const { node, client } = await openApi();
  node.members.push({ ...member("n1", "dead"), refused: true }, member("n2", "dead"));
  const { members } = await client.members();
  expect(members.slice(1).map(({ silence }) => silence)).toEqual(["refused", null]);
});
