import { describe, expect, test } from "vitest";
import { untilReady } from "../../src/control/client/client-ready.ts";
import { NodeNotReadyError } from "../../src/control/client.ts";
import type { NotYet } from "../../src/core/member.ts";
import { openApi } from "./api.ts";
import { FakeNode, member } from "./fake-node.ts";

function newcomer(): FakeNode {
  const node = new FakeNode();
  node.members.push(member("n1", "alive"));
  become(node, "joining");
  return node;
}

function become(node: FakeNode, notYet: NotYet | null): void {
  node.notYet = notYet;
  node.directory.accept({ kind: "readiness-changed", notYet, forMs: 0 });
}

const WHY = "it has just started, and has not synced with a member of its cluster";

test.each([
  "/v1/services",
  "/v1/services/web",
  "/v1/services/web?wait=10ms",
  "/v1/services/web?index=3&wait=10ms",
  "/v1/sd/prometheus",
  "/v1/sd/prometheus?service=web",
  "/v1/sd/prometheus/nodes",
])(
  "%s of a node that does not know its whole cluster is 503, with when to ask again",
  async (path) => {
    const node = newcomer();
    const { url } = await openApi(node);
    const response = await fetch(url + path);
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(await response.json()).toEqual({
      v: 1,
      error: `n0 cannot answer yet: ${WHY}`,
      notYet: "joining",
    });
    become(node, null);
    expect((await fetch(url + path)).status).toBe(200);
  },
);

test("/readyz is red until the view is whole, and again after a cut; /healthz is green all the time", async () => {
  const node = newcomer();
  const { url } = await openApi(node);
  const statuses = async () =>
    Promise.all(["/readyz", "/healthz"].map(async (path) => (await fetch(url + path)).status));
  expect(await (await fetch(`${url}/readyz`)).json()).toEqual({
    v: 1,
    self: "n0",
    ready: false,
    why: WHY,
  });
  expect(await statuses()).toEqual([503, 200]);
  become(node, null);
  expect(await statuses()).toEqual([200, 200]);
  become(node, "returning");
  expect(await statuses()).toEqual([503, 200]);
});

test("what looks at the node itself is answered, and says that it is not whole", async () => {
  const { client } = await openApi(newcomer());
  expect([(await client.self()).notYet, (await client.members()).notYet]).toEqual([
    "joining",
    "joining",
  ]);
  expect(await client.metrics()).toMatch(/^hearsay_ready 0$/m);
});

test("a long poll waits until the view is whole", async () => {
  const node = newcomer();
  const { client } = await openApi(node);
  const waiting = client.service("web", { index: 5, waitMs: 60_000 });
  await client.self();
  become(node, null);
  expect((await waiting).known).toBe(2);
});

test("a long poll at a node that returns is answered once it has caught up, though nothing has changed", async () => {
  const node = newcomer();
  become(node, null);
  const { client } = await openApi(node);
  const { index, startId } = await client.service("web");
  become(node, "returning");
  const waiting = client.service("web", { index, startId, waitMs: 60_000 });
  await client.self();
  become(node, null);
  expect((await waiting).index).toBe(index);
});

test("a stream begins with not-yet, and goes on with the whole answer", async () => {
  const node = newcomer();
  const { url } = await openApi(node);
  const { body } = await fetch(`${url}/v1/services/web/watch`);
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const frame = async () => new TextDecoder().decode((await reader.read()).value);
  expect(await frame()).toMatch(/^event: not-yet\ndata: \{"v":1,"error":"n0 cannot answer yet/);
  become(node, null);
  expect(await frame()).toMatch(/^id: .*\ndata: .*"known":2/);
  await reader.cancel();
});

describe("a client", () => {
  test("knows a node that is not ready from one that refuses", async () => {
    const { client } = await openApi(newcomer());
    await expect(client.service("web")).rejects.toBeInstanceOf(NodeNotReadyError);
  });

  test("may wait until it is ready", async () => {
    const node = newcomer();
    const { client } = await openApi(node);
    const said: string[] = [];
    const waiting = untilReady(() => client.services(), {
      patienceMs: 20_000,
      onWaiting: (why) => {
        said.push(why);
        become(node, null);
      },
    });
    expect((await waiting).services).toHaveLength(1);
    expect(said).toEqual([`n0 cannot answer yet: ${WHY}`]);
  });

  test("gives up when its patience is over", async () => {
    const { client } = await openApi(newcomer());
    const waiting = untilReady(() => client.services(), { patienceMs: 10 });
    await expect(waiting).rejects.toThrow("n0 cannot answer yet");
  });
});
