import { expect, test } from "vitest";
import { openApi } from "./api.ts";

test("a user event is handed to the node, and its name comes back", async () => {
  const { node, client } = await openApi();
  expect(await client.tell({ name: "deploy", payload: "v2" })).toEqual({ v: 1, told: "deploy" });
  expect(node.told).toEqual([{ name: "deploy", payload: "v2" }]);
});

test("a query comes back with its answers and who was silent", async () => {
  const { client } = await openApi();
  expect(await client.ask({ name: "load", timeoutMs: 50 })).toEqual({
    v: 1,
    name: "load",
    answers: [{ member: "n0", answer: "0.4", tookMs: 3 }],
    declined: [],
    silent: ["n1"],
  });
});

test("what the node cannot say is refused with its own sentence", async () => {
  const { client } = await openApi();
  await expect(client.tell({ name: "a b" })).rejects.toMatchObject({
    status: 400,
    message: 'name: "a b" is no name',
  });
});

test("a node that has too much to pass on takes no more", async () => {
  const { node, client } = await openApi();
  node.busyWith = "too much; try again in a moment";
  for (const refused of [client.tell({ name: "x" }), client.ask({ name: "x" })]) {
    await expect(refused).rejects.toMatchObject({ status: 429, message: node.busyWith });
  }
});

test.each([
  ["name", {}],
  ["payload", { name: "deploy", payload: 7 }],
  ["timeoutMs", { name: "deploy", timeoutMs: "5s" }],
])("a wrong %s is named", async (key, body) => {
  const { url } = await openApi();
  const response = await fetch(`${url}/v1/queries`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: expect.stringMatching(`^${key}: `) });
});
