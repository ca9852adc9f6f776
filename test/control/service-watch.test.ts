import { once } from "node:events";
import { expect, test } from "vitest";
import type { ServiceAnswer } from "../../src/control/client.ts";
import { openApi, openStream } from "./api.ts";
import { type FakeNode, member } from "./fake-node.ts";

function change(node: FakeNode, name: string, state: Parameters<typeof member>[1]): void {
  const at = node.members.findIndex(({ record }) => record.name === name);
  node.members[at < 0 ? node.members.length : at] = member(name, state);
  node.directory.accept({ kind: "member-updated", member: name, incarnation: 8 });
}

test("a watcher is told the answer now and each other one, and ends when it wants to", async () => {
  const { node, client } = await openApi();
  const ending = new AbortController();
  const told: ServiceAnswer[] = [];
  const arrivals = [
    () => change(node, "n1", "alive"),
    () => change(node, "n1", "suspect"),
    () => ending.abort(),
  ];
  for await (const answer of client.watchService("web", { signal: ending.signal })) {
    told.push(answer);
    arrivals[told.length - 1]?.();
  }
  expect(told.map(({ endpoints, out }) => [endpoints.length, out.length])).toEqual([
    [1, 0],
    [2, 0],
    [1, 1],
  ]);
});

test("a watcher is told by its own threshold", async () => {
  const { node, client } = await openApi();
  node.members.push(member("n1", "alive"));
  const ending = new AbortController();
  const watching = client.watchService("web", { maxPhi: 0.1, signal: ending.signal });
  const { value } = await watching.next();
  expect(value?.out.map(({ member: name }: { member: string }) => name)).toEqual(["n1"]);
  ending.abort();
  await watching.next();
});

test("each frame has an id that names the start and the index, and is never cached", async () => {
  const { url, node, server } = await openApi();
  const stream = await openStream(`${url}/v1/services/web/watch`);
  expect(stream.headers).toMatchObject({
    "content-type": "text/event-stream",
    "cache-control": "no-cache",
  });
  const [chunk] = await once(stream.setEncoding("utf8"), "data");
  expect(chunk).toMatch(
    new RegExp(`^id: ${node.identity.startId}:\\d+\\ndata: \\{"v":1,.*\\}\\n\\n$`),
  );
  stream.resume();
  const ended = once(stream, "end");
  await server.close();
  await ended;
});

test("a watcher that does not read skips what it missed: it is owed the newest answer alone", async () => {
  const { url, node } = await openApi();
  for (let at = 0; at < 300; at++) node.members.push(member(`n${at + 1}`, "alive"));
  const stream = await openStream(`${url}/v1/services/web/watch`);
  stream.pause();
  // Each frame has some 70 kB: after so many, all buffers on the way are full.
  const rounds = 200;
  for (let round = 0; round < rounds; round++) {
    change(node, "n1", round % 2 === 0 ? "suspect" : "alive");
    node.directory.refresh();
    await new Promise(setImmediate);
  }
  change(node, "n2", "dead");
  node.directory.refresh();
  let frames = 0;
  let last = "";
  for await (const chunk of stream.setEncoding("utf8")) {
    last = (last + chunk).slice(-200_000);
    frames += chunk.split("\nid: ").length - 1;
    if (
      last.includes(
        '"member":"n2","address":"127.0.0.1:8080","host":"127.0.0.1","port":8080,"state":"dead"',
      )
    )
      break;
  }
  expect(frames).toBeLessThan(rounds / 2);
});
