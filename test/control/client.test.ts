import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { START_ID_HEADER } from "../../src/control/api-types.ts";
import { connectControl, type EventItem, parseTarget } from "../../src/control/client.ts";
import { openControlServer } from "../../src/control/server.ts";
import { ConfigError } from "../../src/core/errors.ts";
import { openApi, portOf } from "./api.ts";
import { A_MOMENT, changed, FakeNode, START_ID } from "./fake-node.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const closer of closers.splice(0)) await closer();
});

async function serveText(headers: Record<string, string>, body: string): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(200, headers).end(body));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function take(items: AsyncIterable<EventItem>, count: number): Promise<EventItem[]> {
  const taken: EventItem[] = [];
  for await (const item of items) {
    taken.push(item);
    if (taken.length === count) break;
  }
  return taken;
}

const indexOf = (item: EventItem) =>
  "event" in item ? item.event.index : `snapshot ${item.snapshot.index}`;

test("an address where nobody listens is unreachable, with address and remedy", async () => {
  const url = await serveText({}, "");
  await closers.pop()?.();
  await expect(connectControl(url).self()).rejects.toMatchObject({
    name: "NodeUnreachableError",
    url,
    message: expect.stringMatching(/nothing listens there; start one with `hearsay start`/),
  });
});

test("a host name that nobody knows is told as such, with address and remedy", async () => {
  // With an empty label it is known to be none before a name server would be asked: there may be none here.
  await expect(connectControl("nonsense..invalid:7373").self()).rejects.toMatchObject({
    name: "NodeUnreachableError",
    message:
      'no hearsay node at http://nonsense..invalid:7373: no address was found for the host name "nonsense..invalid"; ' +
      "start one with `hearsay start`, or name the address of a running one with --attach",
  });
});

test("something else that speaks HTTP is not taken for a node", async () => {
  const url = await serveText({ "content-type": "text/html" }, "<h1>hello</h1>");
  await expect(connectControl(url).members()).rejects.toMatchObject({
    name: "NodeUnreachableError",
    message: expect.stringContaining("something else answers there (HTTP 200)"),
  });
});

test("a node of a later API version is refused", async () => {
  const url = await serveText({ [START_ID_HEADER]: START_ID }, JSON.stringify({ v: 2 }));
  await expect(connectControl(url).self()).rejects.toMatchObject({
    name: "NodeUnreachableError",
    message: expect.stringContaining("it speaks version 2 of the control API"),
  });
});

test("a node that does not answer is unreachable after the timeout", async () => {
  const { client: _client, url, node } = await openApi();
  node.leave = () => new Promise(() => undefined);
  await expect(connectControl(url, { timeoutMs: 50 }).leave()).rejects.toMatchObject({
    name: "NodeUnreachableError",
    message: expect.stringContaining("no answer within 0.05 s"),
  });
});

test.each(["xx://n", "http://", "unix:"])("%s is no address of a control API", (url) => {
  expect(() => connectControl(url)).toThrow(ConfigError);
});

test("host:port is taken as http", () => {
  expect(connectControl("127.0.0.1:7373").url).toBe("http://127.0.0.1:7373");
});

test("events without a position begin now", async () => {
  const { node, client } = await openApi();
  node.events.append(changed("n1"), A_MOMENT);
  const connected = new Promise<void>((resolve) => {
    const items = take(client.events({ onConnection: () => resolve() }), 1);
    closers.push(async () => expect((await items).map(indexOf)).toEqual([2]));
  });
  await connected;
  node.events.append(changed("n2"), A_MOMENT);
});

test("events since an index begin after it, as far as they are held", async () => {
  const { client, node } = await openApi(new FakeNode(3));
  for (const name of ["n1", "n2", "n3", "n4", "n5"]) node.events.append(changed(name), A_MOMENT);
  expect((await take(client.events({ since: 1 }), 3)).map(indexOf)).toEqual([3, 4, 5]);
});

test("events without following end after what has happened", async () => {
  const { client, node } = await openApi();
  for (const name of ["n1", "n2"]) node.events.append(changed(name), A_MOMENT);
  expect((await take(client.events({ follow: false }), 99)).map(indexOf)).toEqual([1, 2]);
});

test("events resume after the last id that was seen", async () => {
  const { client, node } = await openApi();
  for (const name of ["n1", "n2", "n3"]) node.events.append(changed(name), A_MOMENT);
  const items = await take(client.events({ lastEventId: `${START_ID}:1` }), 2);
  expect(items.map((item) => item.id)).toEqual([`${START_ID}:2`, `${START_ID}:3`]);
});

test.each([
  ["an id of another start", "0".repeat(24), 4],
  ["an event that was dropped", START_ID, 0],
  ["an event that is still to come", START_ID, 9],
  ["nonsense", "what", 1],
])(
  "events resumed from %s begin with a snapshot and go on after it",
  async (_what, startId, index) => {
    const { client, node } = await openApi(new FakeNode(3));
    for (const name of ["n1", "n2", "n3", "n4", "n5"]) node.events.append(changed(name), A_MOMENT);
    const items = await take(
      client.events({ lastEventId: `${startId}:${index}`, follow: false }),
      99,
    );
    expect(items.map(indexOf)).toEqual(["snapshot 5"]);
  },
);

test("a broken stream is dialled again and resumed without a gap", async () => {
  const first = await openApi();
  const port = portOf(first.server);
  for (const name of ["n1", "n2"]) first.node.events.append(changed(name), A_MOMENT);
  const items = first.client.events({ since: 0, reconnect: true });
  expect((await takeNext(items, 2)).map(indexOf)).toEqual([1, 2]);
  await first.server.close();
  first.node.events.append(changed("n3"), A_MOMENT);
  const second = await openControlServer(
    { host: "127.0.0.1", port },
    { startId: START_ID, onFailure: () => undefined, onDropped: () => undefined },
  );
  closers.push(() => second.close());
  second.serve(first.node);
  expect((await takeNext(items, 1)).map(indexOf)).toEqual([3]);
  await items.return(undefined);
});

test("an aborted stream ends without an error", async () => {
  const { client, node } = await openApi();
  node.events.append(changed("n1"), A_MOMENT);
  const abort = new AbortController();
  const seen: EventItem[] = [];
  for await (const item of client.events({ since: 0, signal: abort.signal, reconnect: true })) {
    seen.push(item);
    abort.abort();
  }
  expect(seen.map(indexOf)).toEqual([1]);
});

test("without reconnecting, the end of the node ends the stream with an error", async () => {
  const { client, node, server } = await openApi();
  node.events.append(changed("n1"), A_MOMENT);
  const items = client.events({ since: 0 });
  await takeNext(items, 1);
  await server.close();
  await expect(items.next()).rejects.toMatchObject({ name: "NodeUnreachableError" });
});

/** As `take`, but the stream stays open for more. */
async function takeNext(items: AsyncGenerator<EventItem>, count: number): Promise<EventItem[]> {
  const taken: EventItem[] = [];
  while (taken.length < count) {
    const { value, done } = await items.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

test("a connection that the server closed while it was idle is no failure of the next question", async () => {
  const asked = new Map<Socket, number>();
  const server = createServer((request, response) => {
    const times = (asked.get(request.socket) ?? 0) + 1;
    asked.set(request.socket, times);
    if (times > 1) request.socket.resetAndDestroy();
    else response.setHeader(START_ID_HEADER, START_ID).end('{"v":1}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  const client = connectControl(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  closers.push(() => client.close());
  await client.self();
  expect(await client.self()).toEqual({ v: 1 });
  expect([...asked.values()]).toEqual([2, 1]);
});

test.each([
  ["127.0.0.1:21000", "http://127.0.0.1:21000"],
  [":21000", "http://127.0.0.1:21000"],
  ["http://[::1]:21000/", "http://[::1]:21000"],
  ["localhost:21000", "http://localhost:21000"],
  ["https://node.example.net", "https://node.example.net"],
  ["unix:/run/hearsay/api.sock", "unix:/run/hearsay/api.sock"],
])("the control address %s means %s", (text, url) => {
  expect(parseTarget(text).url).toBe(url);
});

test.each(["a b", "127.0.0.1:99999", "http://x/v1/members", "http://", "ftp://x", "unix:"])(
  "%j is refused as a control address, naming where it came from",
  (text) => {
    expect(() => parseTarget(text, "HEARSAY_ATTACH")).toThrow(
      /^HEARSAY_ATTACH: .* is not the address of a control API/,
    );
  },
);
