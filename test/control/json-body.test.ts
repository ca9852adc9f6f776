import { expect, test } from "vitest";
import type { NodeApi } from "../../src/control/node-api.ts";
import { openApi } from "./api.ts";
import { FakeNode } from "./fake-node.ts";

const FAULTS: NonNullable<NodeApi["faults"]> = {
  read: () => ({ v: 1, self: "n0", rules: [], healInMs: null, counts: NONE }),
  set: () => FAULTS.read(),
  heal: () => FAULTS.read(),
  stall: () => undefined,
};
const NONE = {
  dropped: 0,
  delayed: 0,
  duplicated: 0,
  reordered: 0,
  overflowed: 0,
  refusalsDropped: 0,
};

/** Every route that takes a body, and one that it likes. */
const ROUTES: readonly (readonly [string, string, unknown])[] = [
  ["POST", "/v1/join", { addresses: ["127.0.0.1:1"] }],
  ["POST", "/v1/events", { name: "deploy" }],
  ["POST", "/v1/queries", { name: "load" }],
  ["PUT", "/v1/services/web", { port: 8080, checks: [{ ttl: "30s" }] }],
  ["PUT", "/v1/services/web/heartbeat", { result: "passed" }],
  ["PUT", "/v1/faults", { rules: [] }],
  ["POST", "/v1/faults/stall", { ms: 1 }],
];

async function send(method: string, path: string, body: string, type: string | undefined) {
  const node = new FakeNode();
  node.faults = FAULTS;
  node.localServices.register("web", { port: 8080, checks: [{ ttl: "30s" }] });
  const { url, failures } = await openApi(node);
  // A typed array has no content type of its own, as a text has.
  const headers = type === undefined ? {} : { "content-type": type };
  const response = await fetch(url + path, {
    method,
    headers,
    body: new TextEncoder().encode(body),
  });
  const { error } = (await response.json()) as { error?: string };
  return { status: response.status, error, failures };
}

const TYPES = ["application/json", "application/x-www-form-urlencoded", undefined];

test.each(ROUTES.flatMap((route) => TYPES.map((type) => [...route, type] as const)))(
  "%s %s takes %j as %s",
  async (method, path, body, type) => {
    const { status, error } = await send(method, path, JSON.stringify(body), type);
    expect(error).toBeUndefined();
    expect(status).toBe(200);
  },
);

test.each(["text/plain", "multipart/form-data; boundary=x"])(
  "a POST of %s, which any web page may send, is refused before its body is read",
  async (type) => {
    const answer = await send("POST", "/v1/events", '{"name":"deploy"}', type);
    expect(answer).toMatchObject({
      status: 415,
      error: `a body of type "${type}" is refused; send application/json`,
    });
  },
);

const DEEP = `{"name":${"[".repeat(30_000)}${"]".repeat(30_000)}}`;

test.each(
  ROUTES.flatMap(([method, path]) => [
    [method, path, "of a form", "name=deploy", "must be a JSON object, such as {"] as const,
    [method, path, "with a text", '"deploy"', "must be a JSON object, such as {"] as const,
    [method, path, "with a list", "[]", "must be a JSON object, such as {"] as const,
    [method, path, "with null", "null", "must be a JSON object, such as {"] as const,
    [
      method,
      path,
      "30,000 deep",
      DEEP,
      "is nested too deeply; at most 32 levels are allowed",
    ] as const,
  ]),
)("%s %s answers 400 to a body %s", async (method, path, _what, body, message) => {
  const { status, error, failures } = await send(method, path, body, undefined);
  expect(failures).toEqual([]);
  expect(status).toBe(400);
  expect(error).toContain(`the body ${message}`);
});
