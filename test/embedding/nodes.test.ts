import { readFileSync } from "node:fs";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { resolveNodeSettings } from "../../src/embedding/resolve-node-settings.ts";
import {
  ConfigError,
  connect,
  createNode,
  type EmbeddedNode,
  type HearsayNode,
  NodeEndedError,
  type NodeOptions,
} from "../../src/index.ts";
import { start } from "../daemon/started-daemon.ts";

async function embed(name: string, options: NodeOptions = {}): Promise<EmbeddedNode> {
  const node = await createNode({ name, profile: "local", ...options });
  onTestFinished(() => node.close());
  return node;
}

/** A daemon and a connection to it, in the cluster of `seed`. */
async function daemon(name: string, seed: EmbeddedNode): Promise<HearsayNode> {
  const running = await start(name, { join: seed.address });
  const client = connect(running.daemon.ready.apiUrl ?? "");
  onTestFinished(() => client.close());
  return client;
}

/** Waits until the node sees these members alive, and nobody else. */
async function sees(node: HearsayNode, ...names: string[]): Promise<void> {
  const signal = AbortSignal.timeout(10_000);
  const changes = node.watch({ events: ["member-changed"], signal });
  const alive = async () =>
    (await node.members()).filter(({ state }) => state === "alive").map(({ name }) => name);
  while ((await alive()).sort().join() !== names.sort().join()) {
    if ((await changes.next()).done) throw new Error(`sees ${await alive()}, not ${names}`);
  }
  await changes.return();
}

async function pair(options: NodeOptions = {}) {
  const a = await embed("a", options);
  const b = await embed("b", { join: [a.address] });
  await Promise.all([sees(a, "a", "b"), sees(b, "a", "b")]);
  return { a, b };
}

describe("a node inside this process", () => {
  test("is a member like any other, without a control API", async () => {
    const { a, b } = await pair({ tags: { rack: "3" } });
    const told = (await b.members()).find(({ name }) => name === "a");
    expect(told).toMatchObject({
      state: "alive",
      api: null,
      address: a.address,
      tags: { rack: "3" },
    });
    expect(await a.self()).toMatchObject({ name: "a", api: null });
    expect(b.explain("a")?.history.length).toBeGreaterThan(0);
  });

  test("says goodbye when it leaves, and its streams end", async () => {
    const { a, b } = await pair();
    const stream = a.watch({ events: ["user-event"] });
    const next = stream.next();
    expect(await a.leave()).toMatchObject({ told: 1, acked: 1 });
    expect(await a.ended).toMatchObject({ exitCode: 0 });
    expect((await next).done).toBe(true);
    await expect(a.members()).rejects.toThrow(
      "node a has ended (it left the cluster); start another with createNode",
    );
    await sees(b, "b");
    expect((await b.members()).find(({ name }) => name === "a")?.state).toBe("left");
  });

  test("leaves when its signal says so, and is not started when it already has", async () => {
    const abort = new AbortController();
    const node = await embed("a", { signal: abort.signal });
    abort.abort();
    expect(await node.ended).toMatchObject({ exitCode: 0, reason: "left the cluster" });
    await expect(createNode({ signal: abort.signal })).rejects.toThrow("aborted");
  });

  test.each([
    ["bnd: createNode has no such setting; remove or correct it", { bnd: "x" }],
    ["api: createNode has no such setting; remove or correct it", { api: "127.0.0.1:0" }],
    ['bind: "x y" \\(from bind of createNode\\) must be a numeric address', { bind: "x y" }],
    ["service .* must be|services: .* must be", { services: [{ name: "web", port: 70_000 }] }],
  ])("refuses %s", async (message, options) => {
    const refused = createNode(options as NodeOptions);
    await expect(refused).rejects.toThrow(new RegExp(message));
    await expect(refused).rejects.toBeInstanceOf(ConfigError);
  });
});

test("a node that does not know yet whether it is alone answers for services once it does", async () => {
  const node = await embed("a", { services: [{ name: "web", port: 8080 }] });
  expect((await node.self()).notYet).toBe("listening");
  const [services, { known }] = await Promise.all([node.services(), node.service("web")]);
  expect([services.map(({ name }) => name), known]).toEqual([["web"], 1]);
  expect((await node.self()).notYet).toBeNull();
});

test("a join address that can never be reached from loopback is an error at once", async () => {
  await expect(createNode({ join: ["192.0.2.5:7946"] })).rejects.toThrow(
    /^join: 192\.0\.2\.5:7946 is on another machine, which cannot be reached from 127\.0\.0\.1/,
  );
});

test("that nobody answers is a warning of the process, unless the program wants to hear it itself", async () => {
  const closed = await createNode({ name: "gone" });
  await closed.close();
  const join = [closed.address];
  const own: string[] = [];
  const warned: Error[] = [];
  const hear = (warning: Error) => warned.push(warning);
  process.on("warning", hear);
  onTestFinished(async () => void process.off("warning", hear));
  await embed("b", { join, onWarning: (message) => own.push(message) });
  await embed("a", { join });
  await vi.waitUntil(() => own.length === 2 && warned.length === 2, { timeout: 15_000 });
  expect(own).toEqual([
    "no answer from the join addresses yet; still trying",
    `still no answer: ${closed.address}: its host says that nothing listens on that port`,
  ]);
  expect(warned.map(({ name, message }) => [name, message])).toEqual(
    own.map((message) => ["HearsayWarning", message]),
  );
});

test("the node of docs/embedding.md can be started on a machine with that address", () => {
  const text = readFileSync("docs/embedding.md", "utf8");
  const [, options = ""] = /createNode\((\{\n\s*name: "shop1"[\s\S]*?\})\)/.exec(text) ?? [];
  const settings = new Function(`return (${options});`)() as NodeOptions;
  expect(resolveNodeSettings(settings)).toMatchObject({ name: "shop1", keyFile: "cluster.key" });
});

describe.each(["inside this process", "over a connection"])("the same interface, %s:", (where) => {
  /** The node under test, `b`, in a cluster with `a`. */
  async function open() {
    const a = await embed("a");
    const b =
      where === "over a connection"
        ? await daemon("b", a)
        : await embed("b", { join: [a.address] });
    await Promise.all([sees(a, "a", "b"), sees(b, "a", "b")]);
    return { a, b };
  }

  test("services are offered, found, picked and withdrawn", async () => {
    const { a, b } = await open();
    await a.register("web", { port: 8080, tags: ["blue"] });
    await b.register("web", { port: 8081 });
    const signal = AbortSignal.timeout(10_000);
    for await (const { endpoints } of b.watchService("web", { signal })) {
      if (endpoints.length === 2) break;
    }
    expect(await b.services()).toMatchObject([
      { name: "web", known: 2, usable: 2, tags: ["blue"] },
    ]);
    expect((await b.service("web", { tag: "blue" })).endpoints).toMatchObject([
      { member: "a", address: "127.0.0.1:8080" },
    ]);
    const picked = [await b.pick("web"), await b.pick("web", { maxPhi: 8 })];
    expect(picked.map((each) => each?.port)).toEqual(
      expect.arrayContaining([expect.toSatisfy((port) => port === 8080 || port === 8081)]),
    );
    await b.withdraw("web");
    for await (const { endpoints } of b.watchService("web", { signal })) {
      if (endpoints.length === 1) break;
    }
    expect(await b.pick("nobody-offers-it")).toBeUndefined();
    await expect(b.withdraw("web")).rejects.toThrow("b offers no service web");
  });

  test("user events reach it and leave it, typed by their kind", async () => {
    const { a, b } = await open();
    const signal = AbortSignal.timeout(10_000);
    const heard = [a, b].map((node) => node.watch({ events: ["user-event"], signal }).next());
    // Over a connection the stream begins when the daemon has answered, which only a first event tells.
    const telling = setInterval(() => void b.tell("deploy", "v2").catch(() => undefined), 50);
    const both = await Promise.all(heard).finally(() => clearInterval(telling));
    for (const { value } of both) {
      expect(value).toMatchObject({
        event: "user-event",
        name: "deploy",
        payload: "v2",
        origin: "b",
      });
    }
  });

  test("queries are answered by those who have an answer", async () => {
    const { a, b } = await open();
    a.onQuery("load", ({ payload }) => `answer to ${payload}`);
    expect(await b.ask("load", { payload: "?", timeoutMs: 5000 })).toMatchObject({
      answers: [{ member: "a", answer: "answer to ?" }],
      declined: ["b"],
      silent: [],
    });
  });

  test("what is called off rejects with the reason of its signal", async () => {
    const { b } = await open();
    const signal = AbortSignal.abort(new Error("enough"));
    const calls = [
      b.self({ signal }),
      b.members({ signal }),
      b.services({ signal }),
      b.service("web", { signal }),
      b.pick("web", { signal }),
      b.register("web", { port: 1 }, { signal }),
      b.withdraw("web", { signal }),
      b.tell("x", "", { signal }),
      b.ask("x", { signal }),
      b.leave({ signal }),
    ];
    for (const call of calls) await expect(call).rejects.toThrow("enough");
    expect((await b.watch({ signal }).next()).done).toBe(true);
    expect((await b.watchService("web", { signal }).next()).done).toBe(true);
    expect((await b.self()).name, "a leave that was called off is not begun").toBe("b");
  });

  test("after its end every call rejects, and none tells an old view", async () => {
    const { a, b } = await open();
    await a.register("web", { port: 8080 });
    const signal = AbortSignal.timeout(10_000);
    for await (const { endpoints } of b.watchService("web", { signal })) {
      if (endpoints.length === 1) break;
    }
    // A copy that `pick` over a connection could answer from.
    expect((await b.pick("web"))?.port).toBe(8080);
    await (where === "over a connection" ? b.close() : b.leave());
    const calls = [
      () => b.self(),
      () => b.members(),
      () => b.services(),
      () => b.service("web"),
      () => b.pick("web"),
      () => b.register("web", { port: 1 }),
      () => b.withdraw("web"),
      () => b.tell("x"),
      () => b.ask("x"),
      () => b.watch().next(),
      () => b.watchService("web").next(),
    ];
    for (const call of calls) {
      await expect(async () => call(), String(call)).rejects.toThrow(NodeEndedError);
    }
  });
});

test("what is watched over a connection goes on when the daemon runs again at its address", async () => {
  const first = await start("b", { services: ["web:80"] });
  const { apiUrl } = first.daemon.ready;
  const b = connect(apiUrl ?? "");
  onTestFinished(() => b.close());
  const signal = AbortSignal.timeout(15_000);
  const web = b.watchService("web", { signal });
  const heard = (async () => {
    // What it missed meanwhile comes first.
    for await (const { event } of b.watch({ events: ["user-event"], signal })) {
      if (event === "user-event") return event;
    }
    return undefined;
  })();
  const portsOf = async () => (await web.next()).value?.endpoints.map(({ port }) => port);
  expect(await portsOf()).toEqual([80]);
  await first.daemon.stop();
  await start("b", { services: ["web:81"], api: apiUrl?.slice("http://".length) });
  await vi.waitUntil(async () => (await portsOf())?.[0] === 81, { timeout: 15_000 });
  // The stream begins when the daemon has answered, which only a first event tells.
  const telling = setInterval(() => void b.tell("deploy").catch(() => undefined), 50);
  expect(await heard.finally(() => clearInterval(telling))).toBe("user-event");
  await web.return();
});
