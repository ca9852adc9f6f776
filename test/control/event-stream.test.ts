import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { openApi, openStream } from "./api.ts";
import { A_MOMENT, changed, FakeNode } from "./fake-node.ts";

const CLIENTS_MAX = 64;

function readAll(stream: IncomingMessage): Promise<string> {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  // A stream that was cut off reports that first; here only its end counts.
  stream.on("error", () => undefined);
  stream.resume();
  return new Promise((resolve) => stream.on("close", () => resolve(text)));
}

test("the stream is never cached, and begins at once, so that a reader knows it is connected", async () => {
  const { url } = await openApi();
  const stream = await openStream(`${url}/v1/events`);
  expect(stream.headers).toMatchObject({
    "content-type": "text/event-stream",
    "cache-control": "no-cache",
  });
  expect(String((await once(stream, "data"))[0])).toBe(": hearsay\n\n");
  stream.destroy();
});

test("an event is one frame with an id that names the start and the index", async () => {
  const { url, node, server } = await openApi();
  const stream = await openStream(`${url}/v1/events`);
  const body = node.events.append(changed("n1"), A_MOMENT);
  const text = readAll(stream);
  await server.close();
  expect(await text).toContain(`data: ${JSON.stringify(body)}\nid: ${node.identity.startId}:1\n\n`);
});

test("so many clients may wait, one more is refused, and one that goes away makes room", async () => {
  const { url, client } = await openApi(new FakeNode(), { clientsMax: CLIENTS_MAX });
  const streams = await Promise.all(
    Array.from({ length: CLIENTS_MAX }, () => openStream(`${url}/v1/events`)),
  );
  await expect(client.members({ index: 0, waitMs: 0 })).rejects.toMatchObject({ status: 503 });
  for (const stream of streams) stream.destroy();
  await expect
    .poll(() =>
      client.members({ index: 0, waitMs: 0 }).then(
        () => "answered",
        () => "refused",
      ),
    )
    .toBe("answered");
});

test("a reader that falls too far behind loses its connection instead of filling memory", async () => {
  const node = new FakeNode(16);
  const { url } = await openApi(node);
  const stream = await openStream(`${url}/v1/events`);
  stream.pause();
  const count = 1500;
  for (let at = 0; at < count; at++) {
    node.events.append({ kind: "member-reaped", member: "x".repeat(20_000) }, A_MOMENT);
    await nextTurn();
  }
  const frames = (await readAll(stream)).split("\n\n").length;
  expect(frames).toBeGreaterThan(1);
  expect(frames).toBeLessThan(count);
});

test.each(["/v1/events", "/v1/services/web/watch"])(
  "HEAD of %s is answered with headers, and holds no client's place",
  async (path) => {
    const { url, client } = await openApi(new FakeNode(), { clientsMax: 1 });
    const { status, headers } = await fetch(`${url}${path}`, { method: "HEAD" });
    expect([status, headers.get("content-type")]).toEqual([200, "text/event-stream"]);
    expect(await client.views()).toMatchObject({ v: 1 });
  },
);
