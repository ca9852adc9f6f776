import { get } from "node:http";
import { text } from "node:stream/consumers";
import { expect, test, vi } from "vitest";
import { Turns } from "../../src/control/routes/turns.ts";
import { block, openApi } from "./api.ts";
import { A_MOMENT, changed, FakeNode } from "./fake-node.ts";

/** Longer than a slice. */
const LONG_MS = 6;

test("between clients that take long, the rest of the process has its turn", async () => {
  const done: string[] = [];
  const turns = new Turns<string>((client) => {
    block(LONG_MS);
    done.push(client);
    setTimeout(() => done.push(`after ${client}`), 0);
  });
  for (const client of ["a", "b", "c"]) turns.add(client);
  await vi.waitUntil(() => done.length === 6);
  expect(done).toEqual(["a", "after a", "b", "after b", "c", "after c"]);
});

test("a client that is added again while it waits is served once, one that has gone is not", async () => {
  const served: string[] = [];
  const turns = new Turns<string>((client) => void served.push(client));
  for (const client of ["a", "b", "a", "c"]) turns.add(client);
  turns.delete("b");
  await vi.waitUntil(() => served.length === 2);
  expect(served).toEqual(["a", "c"]);
});

test("what comes up while others are served has its turn, too", async () => {
  const served: string[] = [];
  const turns = new Turns<string>((client) => {
    served.push(client);
    if (client === "a") turns.add("b");
  });
  turns.add("a");
  await vi.waitUntil(() => served.length === 2);
  expect(served).toEqual(["a", "b"]);
});

test("an event answers all long polls with one picture of the members", async () => {
  const node = new FakeNode();
  const { url, client } = await openApi(node);
  const polls = Array.from({ length: 50 }, () => askLater(`${url}/v1/members?index=0&wait=60s`));
  await expect.poll(() => client.metrics()).toContain("hearsay_waiting_clients 50");
  const snapshot = vi.spyOn(node, "snapshot");
  node.events.append(changed("n1"), A_MOMENT);
  const answers = await Promise.all(polls);
  expect(new Set(answers).size).toBe(1);
  expect(JSON.parse(answers[0] ?? "")).toMatchObject({ self: "n0", index: 1 });
  expect(snapshot.mock.calls.length).toBeLessThan(10);
});

test("many readers of the stream have every event once, in order", async () => {
  const node = new FakeNode();
  const { url } = await openApi(node);
  const last = 1500;
  const readers = Array.from({ length: 20 }, () => readUntil(`${url}/v1/events?since=0`, last));
  for (let at = 0; at < last; at++) {
    node.events.append(changed(`n${at}`), A_MOMENT);
    // The readers are served between.
    if (at % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const ids = Array.from({ length: last }, (_, at) => String(at + 1));
  for (const seen of await Promise.all(readers)) expect(seen).toEqual(ids);
});

/** The ids of the stream up to that one. */
function readUntil(url: string, last: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const asked = get(url, { agent: false }, (response) => {
      let stream = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        stream += chunk;
        if (!stream.endsWith(`:${last}\n\n`)) return;
        asked.destroy();
        resolve([...stream.matchAll(/^id: [0-9a-f]+:(\d+)$/gm)].map(([, index = ""]) => index));
      });
    });
    asked.on("error", reject);
  });
}

function askLater(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => resolve(text(response))).on("error", reject);
  });
}
