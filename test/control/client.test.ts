import type { Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { START_ID_HEADER } from "../../src/control/api-types.ts";
import { connectControl, type EventItem, parseTarget } from "../../src/control/client.ts";
import { ConfigError } from "../../src/core/errors.ts";
import { freePort, serveHttp } from "../loopback-servers.ts";
import { openApi, openServer, portOf } from "./api.ts";
import { A_MOMENT, changed, FakeNode, START_ID } from "./fake-node.ts";

async function serveText(headers: Record<string, string>, body: string): Promise<string> {
  const { url } = await serveHttp((_, response) => response.writeHead(200, headers).end(body));
  return url;
}

/** So many items of a stream, or all that there are; it stays open for more. */
async function take(items: AsyncGenerator<EventItem>, count: number): Promise<EventItem[]> {
  const taken: EventItem[] = [];
  while (taken.length < count) {
    const { value, done } = await items.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

const indexOf = (item: EventItem) =>
  "event" in item ? item.event.index : `snapshot ${item.snapshot.index}`;

test("an address where nobody listens is unreachable, with address and remedy", async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
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
  let items: Promise<EventItem[]> | undefined;
  await new Promise<void>((resolve) => {
    items = take(client.events({ onConnection: () => resolve() }), 1);
  });
  node.events.append(changed("n2"), A_MOMENT);
  expect((await items)?.map(indexOf)).toEqual([2]);
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
  expect((await take(items, 2)).map(indexOf)).toEqual([1, 2]);
  await first.server.close();
  first.node.events.append(changed("n3"), A_MOMENT);
  const second = await openServer([], { bind: { host: "127.0.0.1", port } });
  second.serve(first.node);
  expect((await take(items, 1)).map(indexOf)).toEqual([3]);
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
  await take(items, 1);
  await server.close();
  await expect(items.next()).rejects.toMatchObject({ name: "NodeUnreachableError" });
});

test("a connection that the server closed while it was idle is no failure of the next question", async () => {
  const asked = new Map<Socket, number>();
  const { url } = await serveHttp((request, response) => {
    const times = (asked.get(request.socket) ?? 0) + 1;
    asked.set(request.socket, times);
    if (times > 1) request.socket.resetAndDestroy();
    else response.setHeader(START_ID_HEADER, START_ID).end('{"v":1}');
  });
  const client = connectControl(url);
  onTestFinished(() => client.close());
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
