import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { json } from "node:stream/consumers";
import { expect, test } from "vitest";
import { openControlServer } from "../../src/control/server.ts";
import { ConfigError } from "../../src/core/errors.ts";
import { plainService } from "../../src/core/member.ts";
import { openApi, openServer, portOf } from "./api.ts";
import { A_MOMENT, changed, FakeNode, member, START_ID } from "./fake-node.ts";

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Over node:http, since fetch does not let a test choose `Host`. */
async function ask(url: string, { method = "GET", headers = {}, body }: Asked = {}) {
  const sent = request(url, { method, headers }).end(body);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return { status: response.statusCode, body: await json(response) };
}

test("members are listed with the documented fields, numbers cut to what they mean", async () => {
  const { node, client } = await openApi();
  node.members.push(member("n1", "suspect"));
  const { members, ...rest } = await client.members();
  expect(rest).toEqual({
    v: 1,
    self: "n0",
    index: 0,
    viewDigest: "00112233aabbccdd",
    isolated: false,
    notYet: null,
    startId: START_ID,
  });
  expect(members[1]).toEqual({
    name: "n1",
    address: "127.0.0.1:20000",
    api: "127.0.0.1:21000",
    state: "suspect",
    stateForMs: 1235,
    cause: null,
    refused: false,
    silence: "silence",
    certainty: "inferred",
    incarnation: 7,
    phi: 0.12,
    slowness: null,
    version: null,
    waitingMs: null,
    lastHeardMs: 250,
    rttMs: 0.412,
    rttDeviationMs: 0.1,
    observed: true,
    reachedThrough: null,
    accusers: ["n8", "n9"],
    tags: { rack: "3" },
    services: [plainService("web", 8080)],
  });
});

test("phi is null where the node does not observe the member", async () => {
  const { client } = await openApi();
  expect((await client.members()).members[0]?.phi).toBeNull();
});

test("self tells identity, counts by state and traffic in sums", async () => {
  const { node, client } = await openApi();
  node.members.push(member("n1", "dead"));
  expect(await client.self()).toMatchObject({
    name: "n0",
    startId: START_ID,
    pid: 4711,
    counts: { alive: 1, suspect: 0, dead: 1, left: 0 },
    traffic: {
      datagramsIn: 7,
      bytesIn: 350,
      datagramsOut: 5,
      bytesOut: 250,
      dropped: { label: 7 },
    },
  });
});

test("an explanation carries the newest events about the member and no others", async () => {
  const { node, client } = await openApi();
  node.members.push(member("n1", "suspect"));
  for (const name of ["n1", "n2", "n1"]) node.events.append(changed(name), A_MOMENT);
  const { history, observers } = await client.explain("n1");
  expect([history.map((event) => event.index), observers]).toEqual([[1, 3], ["n0"]]);
});

test("a long poll answers at the next event", async () => {
  const { node, client } = await openApi();
  node.events.append(changed("n1"), A_MOMENT);
  const waiting = client.members({ index: 1, waitMs: 60_000, startId: START_ID });
  await client.self();
  node.events.append(changed("n2"), A_MOMENT);
  expect((await waiting).index).toBe(2);
});

test("a long poll without an event answers when its time is over", async () => {
  const { client } = await openApi();
  expect((await client.members({ index: 0, waitMs: 20 })).index).toBe(0);
});

test.each([
  ["an older index", 1, START_ID],
  ["an index that is still to come", 9, START_ID],
  ["an index of another start", 2, "0".repeat(24)],
])("a long poll with %s answers at once", async (_what, index, startId) => {
  const { node, client } = await openApi();
  for (const name of ["n1", "n2"]) node.events.append(changed(name), A_MOMENT);
  expect((await client.members({ index, waitMs: 60_000, startId })).index).toBe(2);
});

test("closing the server ends a long poll with an answer", async () => {
  const { client, server } = await openApi();
  const waiting = client.members({ index: 0, waitMs: 60_000 });
  await client.self();
  await server.close();
  expect((await waiting).self).toBe("n0");
});

test("views come from the cache, and asking triggers the fetch", async () => {
  const { node, client } = await openApi();
  node.members.push(member("n1", "alive"));
  expect((await client.views()).views.map((view) => [view.viewer, view.ageMs])).toEqual([
    ["n0", 0],
    ["n1", null],
  ]);
  expect(node.submitted).toEqual([{ kind: "fetch-view", member: "n1" }]);
});

test("views with a wait come once the fetched ones are there", async () => {
  const { node, client } = await openApi();
  node.members.push(member("n1", "alive"));
  const asked = client.views({ waitMs: 60_000 });
  await client.self();
  node.views.accept({ kind: "view-fetched", member: "n1", digest: "ffff", entries: [] });
  expect((await asked).views[1]?.digest).toBe("ffff");
});

test("metrics are Prometheus text", async () => {
  const { node, client } = await openApi();
  node.members.push({ ...member("n1", "alive"), slowness: 2.5 });
  node.members.push({ ...member("n2", "suspect"), silence: "frozen" });
  node.encryptionBody = { mode: "prefer", keys: [{ id: "bafa44bd", opened: 3, openedAgoMs: 20 }] };
  const lines = (await client.metrics()).split("\n");
  expect(lines).toEqual(
    expect.arrayContaining([
      'hearsay_members{state="alive"} 2',
      'hearsay_member_phi{member="n1"} 0.123456',
      'hearsay_member_transitions_total{from="alive",to="suspect",cause="frozen"} 9',
      'hearsay_messages_total{kind="ping",direction="out"} 5',
      'hearsay_message_bytes_total{kind="ack",direction="in"} 150',
      'hearsay_datagrams_dropped_total{reason="label"} 7',
      'hearsay_send_errors_total{code="EPERM"} 1',
      'hearsay_gossip_encryption_info{mode="prefer",key="bafa44bd"} 1',
      'hearsay_key_opened_total{key="bafa44bd"} 3',
      'hearsay_wires{direction="in"} 2',
      'hearsay_wires_opened_total{direction="out"} 6',
      'hearsay_wire_failures_total{reason="ECONNREFUSED"} 4',
      'hearsay_dials_total{outcome="answered"} 8',
      'hearsay_connections_turned_away_total{reason="silent"} 9',
      "hearsay_connections_wordless_total 7",
      'hearsay_accept_errors_total{code="EMFILE"} 1',
      "hearsay_local_health 1",
      'hearsay_suspects{kind="frozen",certainty="fact"} 1',
      'hearsay_suspects{kind="unreachable",certainty="inferred"} 0',
      'hearsay_accusations_total{kind="crashed",certainty="fact"} 3',
      "hearsay_slow_members 1",
      'hearsay_member_slowness{member="n1"} 2.5',
      "hearsay_isolated 0",
    ]),
  );
});

test("leave answers how many were told", async () => {
  const { client } = await openApi();
  expect(await client.leave()).toEqual({ v: 1, told: 2, acked: 2 });
});

test("join passes the addresses on and answers what is dialled", async () => {
  const { client } = await openApi();
  expect(await client.join(["127.0.0.1:1", "127.0.0.1:2"])).toEqual({
    v: 1,
    dialled: ["127.0.0.1:1", "127.0.0.1:2"],
  });
});

test("a dead member and one that left can be forgotten", async () => {
  const { node, client } = await openApi();
  node.members.push(member("n1", "dead"), member("n2", "left"));
  await client.forget("n1");
  await client.forget("n2");
  expect(node.submitted).toEqual([
    { kind: "forget", member: "n1" },
    { kind: "forget", member: "n2" },
  ]);
});

test.each([
  ["n0", 409, "n0 is this node itself; let it leave with `hearsay leave`"],
  ["n1", 409, "n1 is suspect; only dead members and those that left can be forgotten"],
  ["n9", 404, "n0 knows no member called n9"],
])("forgetting %s is refused with %i", async (name, status, message) => {
  const { node, client } = await openApi();
  node.members.push(member("n1", "suspect"));
  await expect(client.forget(name)).rejects.toMatchObject({
    name: "RequestRefusedError",
    status,
    message,
  });
  expect(node.submitted).toEqual([]);
});

test("a ConfigError of the node is a 400 with its sentence", async () => {
  const { node, client } = await openApi();
  node.reload = async () => {
    throw new ConfigError("graceMs: 7 is too low");
  };
  await expect(client.reload()).rejects.toMatchObject({
    status: 400,
    message: "graceMs: 7 is too low",
  });
});

test("our own mistake is a 500 without details, and is reported to the log", async () => {
  const { node, client, failures } = await openApi();
  node.leave = async () => {
    throw new TypeError("undefined is not a function");
  };
  await expect(client.leave()).rejects.toMatchObject({
    status: 500,
    message: expect.not.stringContaining("undefined"),
  });
  expect(failures.map((error) => error.message)).toEqual(["undefined is not a function"]);
});

test.each([
  ["/v1/members?index=x", 400, 'index: "x" must be the index of an event, a whole number'],
  [
    "/v1/members?index=1&wait=9h",
    400,
    'wait: "9h" must be a time such as 30s, 500ms or 2m, at most 5m',
  ],
  [`/v1/members/${"a".repeat(256)}`, 400, /^name: "a+" must be/],
  ["/v1/members/a%20b", 404, /^n0 knows no member called a b$/],
  ["/v1/paths", 404, /^n0 is a member of its cluster/],
  ["/v2/members", 404, "no such resource: GET /v2/members"],
])("%s is refused with %i and one sentence", async (path, status, error) => {
  const { url } = await openApi();
  const answer = await ask(url + path);
  expect(answer).toEqual({
    status,
    body: { v: 1, error: typeof error === "string" ? error : expect.stringMatching(error) },
  });
});

test("a body that is no JSON is refused with 400", async () => {
  const { url } = await openApi();
  const answer = await ask(`${url}/v1/join`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{",
  });
  expect(answer.status).toBe(400);
});

test("a body that is too large is refused with 413", async () => {
  const { url } = await openApi();
  const body = JSON.stringify({ addresses: ["x".repeat(70_000)] });
  const headers = { "content-type": "application/json", "content-length": String(body.length) };
  expect((await ask(`${url}/v1/join`, { method: "POST", headers, body })).status).toBe(413);
});

test.each(["evil.example", "evil.example:7373", "10.0.0.1", "127.0.0.1.evil.example"])(
  "a request for Host %s is refused, as a re-pointed name would send it",
  async (host) => {
    const { url } = await openApi();
    expect((await ask(`${url}/v1/self`, { headers: { host } })).status).toBe(403);
  },
);

test.each(["localhost", "localhost:7373", "127.0.0.1", "[::1]:7373"])(
  "a request for Host %s is answered",
  async (host) => {
    const { url } = await openApi();
    expect((await ask(`${url}/v1/self`, { headers: { host } })).status).toBe(200);
  },
);

test.each(["hearsay", "HEARSAY:7373", "hearsay.", "n0.hearsay.svc:7373", "10.9.8.7"])(
  "a request for Host %s is answered where the operator named it",
  async (host) => {
    const hosts = ["hearsay", "*.hearsay.svc", "10.9.8.7"];
    const { url } = await openApi(new FakeNode(), { hosts });
    expect((await ask(`${url}/v1/self`, { headers: { host } })).status).toBe(200);
  },
);

test.each(["hearsay.svc", "evilhearsay.svc", "hearsay.evil.example", "10.9.8.6"])(
  "a request for Host %s is refused beside other names",
  async (host) => {
    const { url } = await openApi(new FakeNode(), { hosts: ["hearsay", "*.hearsay.svc"] });
    expect((await ask(`${url}/v1/self`, { headers: { host } })).status).toBe(403);
  },
);

test("a refusal says which setting lets the name in, and how to ask without it", async () => {
  const { url } = await openApi();
  const { body } = await ask(`${url}/v1/self`, { headers: { host: "Hearsay:7373" } });
  expect(body).toEqual({
    v: 1,
    error:
      'Host "Hearsay:7373" is not an address of this node, and any web page could send it; if it is a name of this node, ' +
      "start it with --api-host hearsay (apiHost in its config, HEARSAY_API_HOST), else ask it as 127.0.0.1 or localhost",
  });
});

test("on all addresses any numeric one is answered, and a refusal points to them", async () => {
  const { url } = await openApi(new FakeNode(), { bind: { host: "0.0.0.0", port: 0 } });
  const byAddress = await ask(`${url}/v1/self`, { headers: { host: "10.1.2.3:7373" } });
  expect(byAddress.status).toBe(200);
  const byName = await ask(`${url}/v1/self`, { headers: { host: "hearsay" } });
  expect(JSON.stringify(byName.body)).toContain("else ask it by a numeric address");
});

test("a post from a web page elsewhere is refused and changes nothing", async () => {
  const node = new FakeNode();
  let left = false;
  node.leave = async () => {
    left = true;
    return { v: 1, told: 0, acked: 0 };
  };
  const { url } = await openApi(node);
  const answer = await ask(`${url}/v1/leave`, {
    method: "POST",
    headers: { origin: "http://evil.example" },
  });
  expect([answer.status, left]).toEqual([403, false]);
});

test("who hangs up in the middle of a request is no failure of the server", async () => {
  const { server, client, failures } = await openApi();
  const socket = connect(portOf(server), "127.0.0.1");
  socket.write('POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"na');
  await once(socket, "connect");
  await client.self();
  socket.resetAndDestroy();
  await once(socket, "close");
  await client.self();
  await client.self();
  expect(failures).toEqual([]);
});

test("before there is a node the server says so", async () => {
  const server = await openServer();
  expect(await ask(`http://127.0.0.1:${portOf(server)}/v1/self`)).toMatchObject({
    status: 503,
    body: { v: 1 },
  });
});

test("a port in use is the operator's error, naming the address and the remedy", async () => {
  const server = await openServer();
  const again = openControlServer(server.address, {
    startId: START_ID,
    onFailure: () => undefined,
    onDropped: () => undefined,
  });
  await expect(again).rejects.toThrow(
    new ConfigError(
      `api: 127.0.0.1:${portOf(server)} is in use by another process; choose another with --api, or port 0 for any free one`,
    ),
  );
});
