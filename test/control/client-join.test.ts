import { expect, test } from "vitest";
import type { MemberBody } from "../../src/control/api-types.ts";
import { joinAndWait } from "../../src/control/client/client-join.ts";
import type { MembersAnswer } from "../../src/control/client.ts";

/** A node whose members are the next list each time it is asked, and the last one from then on. */
function nodeWith(...views: readonly (readonly string[])[]) {
  let asked = 0;
  return {
    join: async (addresses: readonly string[]) => ({ v: 1 as const, dialled: addresses }),
    members: async () => {
      const view = views[Math.min(asked, views.length - 1)] ?? [];
      asked += 1;
      const members = view.map((text) => {
        const [name, address, state] = text.split(" ");
        return { name, address, state } as MemberBody;
      });
      return { self: "a", index: asked, startId: "s", members } as unknown as MembersAnswer;
    },
  };
}

const SELF = "a 127.0.0.1:1 alive";

test("a join has succeeded once a member is present that was not before, whatever it advertises", async () => {
  const node = nodeWith([SELF], [SELF], [SELF, "b 10.0.0.2:7946 alive"]);
  expect(await joinAndWait(node, ["127.0.0.1:2"], 60_000)).toEqual({
    dialled: ["127.0.0.1:2"],
    answered: ["b"],
  });
});

test("an address at which a present member is known already needs no waiting", async () => {
  const node = nodeWith([SELF, "b 127.0.0.1:2 suspect"]);
  expect((await joinAndWait(node, ["127.0.0.1:2"], 60_000)).answered).toEqual(["b"]);
});

test("neither the node itself nor a dead member is an answer", async () => {
  const node = nodeWith([SELF], [SELF, "b 127.0.0.1:2 dead"]);
  expect((await joinAndWait(node, ["127.0.0.1:1", "127.0.0.1:2"], 0)).answered).toEqual([]);
});
