import { expect, test } from "vitest";
import { ApiTokens } from "../../src/control/access.ts";
import { connectControl } from "../../src/control/client.ts";
import { openApi } from "./api.ts";

const FULL = "full-token-of-this-node";
const READ = "read-token-of-this-node";

/** An API that asks for tokens, and a client with one of them. */
async function guarded(token: string | undefined) {
  const tokens = new ApiTokens();
  tokens.use({ full: [FULL], read: [READ] });
  const refused: string[] = [];
  const onRefused = (reason: string, count: number) => refused.push(`${reason} ${count}`);
  const { url, node } = await openApi(undefined, { tokens, onRefused });
  return { url, node, tokens, refused, client: connectControl(url, { token }) };
}

async function statusOf(asked: Promise<unknown>): Promise<number> {
  return asked.then(
    () => 200,
    (error: { status?: number }) => error.status ?? 0,
  );
}

test.each([
  ["no token", undefined, 401, 401],
  ["a foreign token", "a-token-of-another-node", 401, 401],
  ["the beginning of the token", FULL.slice(0, -1), 401, 401],
  ["the token that may only read", READ, 200, 403],
  ["the full token", FULL, 200, 200],
])("with %s", async (_what, token, reads, writes) => {
  const { client } = await guarded(token);
  // Each is listened to at once: a rejection that comes while another is awaited has an owner.
  const asked = [client.self(), client.metrics(), client.services()].map(statusOf);
  const ordered = [
    client.tell({ name: "deploy" }),
    client.ask({ name: "load" }),
    client.join(["127.0.0.1:1"]),
    client.register("web", { port: 80 }),
    client.reload(),
    client.leave(),
  ].map(statusOf);
  expect(await Promise.all(asked)).toEqual(asked.map(() => reads));
  expect(await Promise.all(ordered)).toEqual(ordered.map(() => writes));
});

test.each([
  [undefined, /^this node requires a token; name its file with --token-file/],
  ["a-token-of-another-node", /^the token is not one of this node/],
  [READ, /^the token may only read/],
])("a refusal for %s says what to do, and nothing of a token", async (token, message) => {
  const { client } = await guarded(token);
  const error = await client.leave().catch((each: Error) => each);
  expect(error).toMatchObject({ message: expect.stringMatching(message) });
  expect(String(error)).not.toContain(token ?? FULL);
});

test("what does not exist is not told apart without a token", async () => {
  const { url } = await guarded(undefined);
  const paths = ["/v1/members/n0", "/v1/members/n9", "/v1/none", "/"];
  const statuses = await Promise.all(paths.map(async (path) => (await fetch(url + path)).status));
  expect(statuses).toEqual([401, 401, 401, 401]);
});

test("an orchestrator asks without a token whether the node lives", async () => {
  const { url } = await guarded(undefined);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
});

test("a challenge tells a client how to authenticate", async () => {
  const { url } = await guarded(undefined);
  const { headers } = await fetch(`${url}/v1/self`);
  expect(headers.get("www-authenticate")).toBe('Bearer realm="hearsay"');
});

test("other tokens are in force at once, and several at a time", async () => {
  const { client, tokens } = await guarded(FULL);
  tokens.use({ full: ["the-next-token-of-it", FULL], read: [] });
  expect(await statusOf(client.self())).toBe(200);
  tokens.use({ full: ["the-next-token-of-it"], read: [] });
  expect(await statusOf(client.self())).toBe(401);
});

test("refusals are counted, and told once a minute at most", async () => {
  const { client, refused, url } = await guarded("a-token-of-another-node");
  for (let i = 0; i < 5; i++) await statusOf(client.self());
  expect(refused).toEqual(["token 1"]);
  const page = await connectControl(url, { token: READ }).metrics();
  expect(page).toContain('hearsay_clients_refused_total{reason="token"} 5');
});

test("the page of a browser is refused, whatever else it sends", async () => {
  const { url } = await openApi();
  for (const site of ["cross-site", "same-site"]) {
    const answer = await fetch(`${url}/v1/self`, { headers: { "sec-fetch-site": site } });
    expect(answer.status).toBe(403);
  }
});
