import { once } from "node:events";
import { expect, onTestFinished, test, vi } from "vitest";
import type { ServiceAnswer } from "../../src/control/client.ts";
import { PageMaker } from "../../src/control/routes/page-maker.ts";
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

/** A stream of a service that is written in several pieces. `atFirst` is called when the first one is made. */
async function watchMany(atFirst: (api: Awaited<ReturnType<typeof openApi>>) => void) {
  const api = await openApi();
  for (let at = 0; at < 300; at++) api.node.members.push(member(`n${at + 1}`, "alive"));
  const { make } = PageMaker.prototype;
  const spy = vi.spyOn(PageMaker.prototype, "make");
  onTestFinished(() => spy.mockRestore());
  spy.mockImplementationOnce(function (this: PageMaker, begin) {
    return make.call(this, function* () {
      atFirst(api);
      yield* begin();
    });
  });
  return (await openStream(`${api.url}/v1/services/web/watch`)).setEncoding("utf8");
}

const framesIn = (text: string) =>
  [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? "") as ServiceAnswer);

test("what changes while a frame is made is told after it, the newest answer alone", async () => {
  const stream = await watchMany(({ node }) => {
    for (const state of ["suspect", "alive", "dead"] as const) {
      change(node, "n1", state);
      node.directory.refresh();
    }
  });
  let text = "";
  for await (const chunk of stream) {
    text += chunk;
    if (text.endsWith("\n\n") && text.includes('"state":"dead"')) break;
  }
  expect(framesIn(text).map(({ out }) => out.map(({ state }) => state))).toEqual([[], ["dead"]]);
});

test("a server that closes sends the frame that is being made", async () => {
  const stream = await watchMany(({ server }) => void server.close());
  let text = "";
  for await (const chunk of stream) text += chunk;
  expect(framesIn(text).map(({ known }) => known)).toEqual([301]);
});
