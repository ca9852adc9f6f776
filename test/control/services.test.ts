import { connect } from "node:net";
import { expect, test } from "vitest";
import { openApi } from "./api.ts";
import { member, nodeWith } from "./fake-node.ts";

/** The status of a PUT with exactly these headers, as `curl -X PUT` sends none about a body that it has not. */
function ask(
  url: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<number> {
  const { hostname, port, host } = new URL(url);
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}`);
  const text = body === undefined ? "" : `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    socket.write(`PUT ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${text}`);
    socket.once("data", (answer) => {
      socket.destroy();
      resolve(Number(String(answer).split(" ")[1]));
    });
    socket.once("error", reject);
  });
}

test("an endpoint carries all that a consumer may choose by, and why it is in", async () => {
  const { client } = await openApi(nodeWith(["n1", "alive"]));
  const { startId: _, index, ...body } = await client.service("web", { nearSelf: true });
  expect(index).toBeGreaterThan(0);
  expect(body).toMatchObject({ v: 1, self: "n0", service: "web", panic: null, known: 2, out: [] });
  expect(body.endpoints[1]).toEqual({
    member: "n1",
    address: "127.0.0.1:8080",
    host: "127.0.0.1",
    port: 8080,
    state: "alive",
    health: "passing",
    silence: null,
    phi: 0.12,
    slowness: null,
    maintenance: null,
    rttMs: 0.412,
    weight: 100,
    tags: [],
    meta: {},
    why: "alive",
  });
});

test("asking makes the node watch the members that offer the service", async () => {
  const { node, client } = await openApi(nodeWith(["n1", "alive"]));
  await client.service("web");
  expect(node.submitted).toEqual([
    { kind: "watch", subjects: ["n0", "n1"], forMs: expect.any(Number) },
  ]);
});

test("every service is listed with how many endpoints are usable, and a panic", async () => {
  const { client } = await openApi(nodeWith(["n1", "dead"], ["n2", "dead"]));
  const { services } = await client.services();
  expect(services).toMatchObject([
    { name: "web", known: 3, usable: 3, panic: { reason: "1 of 3 are in, fewer than 50 %" } },
  ]);
  expect((await client.self()).panics).toMatchObject([{ service: "web", share: 0.333 }]);
});

test("a service that nobody offers has no endpoints, and is no error: it may come", async () => {
  const { client } = await openApi();
  expect(await client.service("nope")).toMatchObject({ known: 0, endpoints: [], panic: null });
});

test("a long poll answers at the next other answer", async () => {
  const { node, client } = await openApi(nodeWith(["n1", "alive"]));
  const { index, startId } = await client.service("web");
  const waiting = client.service("web", { index, startId, waitMs: 60_000 });
  await client.self();
  node.members[1] = member("n1", "suspect");
  node.directory.accept({ kind: "member-updated", member: "n1", incarnation: 8 });
  const answer = await waiting;
  expect([answer.index > index, answer.endpoints.length]).toEqual([true, 1]);
});

test("a long poll without another answer ends with the same index", async () => {
  const { client } = await openApi();
  const { index, startId } = await client.service("web");
  expect((await client.service("web", { index, startId, waitMs: 20 })).index).toBe(index);
});

test("a long poll with an index of another start answers at once", async () => {
  const { client } = await openApi();
  const { index } = await client.service("web");
  const startId = "0".repeat(24);
  expect((await client.service("web", { index, startId, waitMs: 60_000 })).index).toBe(index);
});

test.each([
  ["maxPhi=x", /^maxPhi: "x" must be a level of suspicion/],
  ["near=n1", /^near: "n1" must be self/],
  ["index=-1", /^index: "-1" must be the index of an answer/],
  ["wait=1d", /^wait: "1d" must be a time/],
  ["tag=a/b", /^tag: "a\/b" must be a tag/],
])("a question with %s is refused in one sentence", async (query, message) => {
  const { url } = await openApi();
  const response = await fetch(`${url}/v1/services/web?${query}`);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: expect.stringMatching(message) });
});

test("a program on this machine offers a service, changes it, and withdraws it", async () => {
  const { node, client } = await openApi();
  const { service } = await client.register("db", { port: 5432, tags: ["primary"], weight: 200 });
  expect(service).toMatchObject({ name: "db", port: 5432, weight: 200, health: "passing" });
  await client.withdraw("db");
  expect(node.submitted.map((input) => "services" in input && input.services)).toEqual([
    [service],
    [],
  ]);
  await expect(client.withdraw("db")).rejects.toMatchObject({
    status: 404,
    message: "n0 offers no service db",
  });
});

test("maintenance takes a service out with a reason, or all of the node, until it is ended", async () => {
  const { node, client } = await openApi();
  await client.register("db", { port: 5432 });
  expect(await client.beginMaintenance({ reason: "new disks", service: "DB" })).toMatchObject({
    self: "n0",
    maintenance: [{ service: "DB", reason: "new disks", since: expect.stringMatching(/^20/) }],
  });
  expect(node.localServices.services()).toMatchObject([
    { health: "critical", maintenance: "new disks" },
  ]);
  expect((await client.endMaintenance("db")).maintenance).toEqual([]);
  expect(node.localServices.services()[0]).not.toHaveProperty("maintenance");
  await client.beginMaintenance({ reason: "reboot" });
  expect(node.localServices.services()).toMatchObject([{ maintenance: "reboot" }]);
  await expect(client.endMaintenance("db")).rejects.toMatchObject({ status: 404 });
});

test.each([
  [{ reason: " " }, 400, /^reason: " " must be a text of 1 to 96 characters/],
  [{ reason: "x".repeat(97) }, 400, /1 to 96 characters/],
  [{ reason: "a\nb" }, 400, /must not contain control characters/],
  [{ reason: "x", service: "mail" }, 404, /n0 offers no service mail/],
])("maintenance with %j is refused in one sentence", async (request, status, message) => {
  const { client } = await openApi();
  await client.register("db", { port: 5432 });
  await expect(client.beginMaintenance(request)).rejects.toMatchObject({
    status,
    message: expect.stringMatching(message),
  });
});

test("a heartbeat says that a service lives, and how it fails, whatever type its body claims to have", async () => {
  const { url, client } = await openApi();
  await client.register("db", { port: 5432, checks: [{ ttl: "1m" }] });
  expect((await client.heartbeat("db")).service.health).toBe("passing");
  expect(await ask(url, "/v1/services/db/heartbeat", {})).toBe(200);
  const path = `${url}/v1/services/db/heartbeat`;
  const body = '{"result": "failed", "output": "disk full"}';
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  expect((await fetch(path, { method: "PUT", body, headers })).status).toBe(200);
  expect((await client.checks()).checks).toMatchObject([
    { health: "critical", output: "disk full" },
  ]);
  const wrong = await fetch(path, { method: "PUT", body: '{"result": "ok"}' });
  expect(await wrong.json()).toMatchObject({
    error: 'result: "ok" must be passed, failed or not-run',
  });
});

test("a body that does not say how long it is, or is too long, is refused", async () => {
  const { url } = await openApi();
  const chunked = { "transfer-encoding": "chunked" };
  expect(await ask(url, "/v1/services/db", chunked, '{"port": 1}')).toBe(411);
  expect(await ask(url, "/v1/services/db", { "content-length": "70000" })).toBe(413);
});

test("a registration that is no JSON, or no service, is refused with what is wrong", async () => {
  const { url, client } = await openApi();
  const put = await fetch(`${url}/v1/services/db`, { method: "PUT", body: "port=5" });
  expect(put.status).toBe(400);
  expect(await put.json()).toMatchObject({
    error: expect.stringMatching(/^the body must be a JSON object, such as {"port": 8080/),
  });
  await expect(client.register("db", { port: 0 })).rejects.toMatchObject({
    status: 400,
    message: "service db: port: 0 must be a whole number from 1 to 65535",
  });
});
