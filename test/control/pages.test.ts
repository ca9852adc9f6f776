import { expect, onTestFinished, test, vi } from "vitest";
import { membersBody } from "../../src/control/bodies.ts";
import { jsonPieces } from "../../src/control/routes/json-pieces.ts";
import { PageMaker, type Pieces, SharedPage } from "../../src/control/routes/page-maker.ts";
import type { PathReport } from "../../src/core/snapshot.ts";
import { block, openApi } from "./api.ts";
import { A_MOMENT, changed, FakeNode, member } from "./fake-node.ts";

const MANY = 5000;
/** Elements of lists, or lines, in one piece. */
const PIECE_MAX = 100;
/** Longer than a slice. */
const LONG_MS = 6;

function* slowly(name: string, done: string[]): Pieces {
  for (const at of [1, 2, 3]) {
    block(LONG_MS);
    done.push(`${name}${at}`);
    setTimeout(() => done.push("others"), 0);
    yield `${name}${at}`;
  }
}

/**
 * A node of so many members, with the views of two of them, and the pieces that its pages are made of. `atFirst` is called when
 * the first of them is made.
 */
function largeNode(atFirst: (node: FakeNode) => void = () => {}) {
  const node = new FakeNode();
  const names = Array.from({ length: MANY }, (_, at) => `n${at}`);
  node.members = names.map((name) => member(name, "alive", false));
  const entry = { state: "alive", incarnation: 1, heardAgoMs: null, phi: null } as const;
  for (const viewer of ["n1", "n2"]) {
    const entries = names.map((name) => ({ name, ...entry }));
    node.views.accept({ kind: "view-fetched", member: viewer, digest: "0", entries });
  }
  const path = { from: "n1", ok: 9, of: 9, rttMs: 1, downForMs: null, how: "ack" } as const;
  const paths = names.map((to): PathReport => ({ ...path, to }));
  const pieces: string[] = [];
  const { make } = PageMaker.prototype;
  const spy = vi.spyOn(PageMaker.prototype, "make");
  onTestFinished(() => spy.mockRestore());
  spy.mockImplementation(function (this: PageMaker, begin) {
    return make.call(this, function* () {
      for (const piece of begin()) {
        pieces.push(piece);
        if (pieces.length === 1) atFirst(node);
        yield piece;
      }
    });
  });
  return { node: Object.assign(node, { paths: () => paths }), pieces };
}

test("between the pieces of pages, the rest of the process has its turn", async () => {
  const maker = new PageMaker();
  const done: string[] = [];
  const pages = ["a", "b"].map((name) => maker.make(() => slowly(name, done)));
  expect((await Promise.all(pages)).map(String)).toEqual(["a1a2a3", "b1b2b3"]);
  expect(done.slice(0, -1)).toEqual(
    ["a1", "b1", "a2", "b2", "a3", "b3"].flatMap((piece) => [piece, "others"]).slice(0, -1),
  );
});

test("a page that cannot be made fails alone", async () => {
  const maker = new PageMaker();
  const broken = maker.make(() => {
    throw new Error("a bug");
  });
  const whole = maker.make(() => jsonPieces({ v: 1 }));
  await expect(broken).rejects.toThrow("a bug");
  expect(String(await whole)).toBe('{"v":1}');
});

test("who asks while a page is made shares it, unless something has happened since", async () => {
  let version = 1;
  const begin = vi.fn(() => slowly("a", []));
  const page = new SharedPage({ maker: new PageMaker(), begin, version: () => version });
  const first = page.read();
  // Looked at in each turn: the page takes several.
  while (begin.mock.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const second = page.read();
  version = 2;
  const third = page.read();
  expect((await Promise.all([first, second, third])).map((each) => each.version)).toEqual([
    1, 1, 2,
  ]);
  await page.read(60_000);
  expect(begin).toHaveBeenCalledTimes(2);
  await page.read();
  expect(begin).toHaveBeenCalledTimes(3);
});

test.each([
  ["lists and what is left out", { a: [1, "x", null], b: undefined, c: {}, d: [] }],
  ["a list of many", { list: Array.from({ length: 250 }, (_, at) => at) }],
  ["a list alone", Array.from({ length: 250 }, (_, at) => ({ at }))],
  ["long lists in a list", { list: [{ a: [] }, { b: new Array(101).fill(0), c: 1 }, { a: [] }] }],
])("the pieces of %s are its JSON", (_what, body) => {
  expect([...jsonPieces(body)].join("")).toBe(JSON.stringify(body));
});

test.each([
  ["members", /"name":"n/g],
  ["views", /"name":"n/g],
  ["paths", /"from":"n/g],
  ["services/web", /"member":"n/g],
  ["services/web?index=1&wait=1ms", /"member":"n/g],
  ["sd/prometheus", /_member":"n/g],
  ["sd/prometheus/nodes", /_member":"n/g],
])("no piece of /v1/%s holds many elements", async (path, mark) => {
  const { node, pieces } = largeNode();
  const { url } = await openApi(node);
  const answer = await (await fetch(`${url}/v1/${path}`)).text();
  expect(pieces.join("")).toBe(answer);
  const elements = pieces.map((piece) => piece.match(mark)?.length ?? 0);
  expect(Math.max(...elements)).toBe(PIECE_MAX);
});

test("a frame of a watched service is made in pieces, too", async () => {
  const { node, pieces } = largeNode();
  const { client } = await openApi(node);
  for await (const answer of client.watchService("web")) {
    expect(answer.endpoints).toHaveLength(MANY);
    expect(pieces.length).toBeGreaterThan(MANY / PIECE_MAX);
    expect(answer).toMatchObject(JSON.parse(pieces.join("")));
    return;
  }
});

test("no piece of /v1/metrics holds many samples", async () => {
  const { node, pieces } = largeNode();
  const { client } = await openApi(node);
  expect(await client.metrics()).toContain('\nhearsay_member_info{member="n4999",version=""} 1\n');
  const lines = pieces.map((piece) => piece.split("\n").length - 1);
  expect(Math.max(...lines)).toBeLessThanOrEqual(PIECE_MAX);
});

test("long polls are answered with a page that is made in pieces, and once for all", async () => {
  const { node, pieces } = largeNode();
  const { url, client } = await openApi(node);
  const poll = () => fetch(`${url}/v1/members?index=0&wait=60s`).then((answer) => answer.json());
  const polls = [poll(), poll(), poll()];
  await expect.poll(() => client.metrics()).toContain("hearsay_waiting_clients 3");
  pieces.length = 0;
  node.events.append(changed("n1"), A_MOMENT);
  for (const answer of await Promise.all(polls)) expect(answer).toMatchObject({ index: 1 });
  expect(pieces.join("")).toBe(JSON.stringify(membersBody(node)));
});

test("a page shows one moment, whatever happens while it is made", async () => {
  const { node, pieces } = largeNode(({ causes }) =>
    causes.accept(changed("n4999", "dead", "silence")),
  );
  const { client } = await openApi(node);
  const { members } = await client.members();
  expect(pieces.length).toBeGreaterThan(1);
  expect(members.at(-1)).toMatchObject({ name: "n4999", cause: null });
});

test("metrics are escaped as Prometheus reads them", async () => {
  const node = new FakeNode();
  node.members.push(member('a"b\\c\nd', "alive"));
  const { client } = await openApi(node);
  expect(await client.metrics()).toContain(
    '\nhearsay_member_phi{member="a\\"b\\\\c\\nd"} 0.123456\n',
  );
});
