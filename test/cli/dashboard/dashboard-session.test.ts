import { expect, onTestFinished, test, vi } from "vitest";
import { DashboardSession } from "../../../cli/dashboard/dashboard-session.ts";
import type { UiState } from "../../../cli/dashboard/keys/ui-state.ts";
import type { Scene } from "../../../cli/dashboard/model/scene.ts";
import { openApi } from "../../control/api.ts";
import { changed, FakeNode, member } from "../../control/fake-node.ts";
import { serveHttp } from "../../loopback-servers.ts";

function threeMembers(): FakeNode {
  const node = new FakeNode();
  node.members = [member("n0", "alive", false), member("n1", "alive"), member("n2", "alive")];
  return node;
}

/** A session on `url`, with its scenes as they come. */
function watch(url: string, ui: Partial<UiState> = {}) {
  const scenes: { readonly scene: Scene; readonly atMs: number }[] = [];
  const copied: string[] = [];
  const session = new DashboardSession({
    target: { url },
    size: { columns: 80, rows: 24 },
    ui,
    onScene: (scene) => scenes.push({ scene, atMs: performance.now() }),
    onCopy: (text) => copied.push(text),
    onQuit: () => undefined,
  });
  onTestFinished(() => session.end());
  const until = async (fits: (scene: Scene) => boolean) => {
    await vi.waitUntil(() => scenes.some(({ scene }) => fits(scene)), {
      timeout: 5000,
      interval: 5,
    });
    return scenes.find(({ scene }) => fits(scene)) as (typeof scenes)[number];
  };
  return { session, scenes, copied, until };
}

const stateOf = (scene: Scene, name: string) =>
  scene.order.find((each) => each.name === name)?.state;

test("a change of state is in a scene within 100 ms of the node's event", async () => {
  const { node, url } = await openApi(threeMembers());
  const { until } = watch(url);
  await until((scene) => stateOf(scene, "n1") === "alive" && scene.state.self !== undefined);
  const tookMs: number[] = [];
  for (const state of ["suspect", "dead", "alive", "left", "alive"] as const) {
    const { until: next } = watch(url);
    await next((scene) => scene.state.self !== undefined && scene.state.members !== undefined);
    const atMs = performance.now();
    node.events.append(changed("n1", state), new Date());
    const seen = await next((scene) => scene.state.events.at(-1)?.index === node.events.newest);
    tookMs.push(seen.atMs - atMs);
  }
  expect(tookMs.sort((a, b) => a - b)[2]).toBeLessThan(100);
});

test("a held picture stays as it is while the node goes on, and catches up", async () => {
  const { node, url } = await openApi(threeMembers());
  const { session, until } = watch(url);
  await until((scene) => stateOf(scene, "n1") === "alive");
  session.press("p");
  node.members = [member("n0", "alive", false), member("n1", "dead"), member("n2", "alive")];
  node.events.append(changed("n1", "dead"), new Date());
  await vi.waitUntil(async () => node.events.newest === 1);
  session.press("j");
  await until((scene) => scene.ui.isPaused && scene.ui.selected !== undefined);
  expect(stateOf(session.scene, "n1")).toBe("alive");
  session.press("p");
  await until((scene) => !scene.ui.isPaused && stateOf(scene, "n1") === "dead");
});

test("a held picture's clock stands still", async () => {
  const { url } = await openApi(threeMembers());
  const { session, until } = watch(url);
  await until((scene) => scene.order.length === 3);
  session.press("p");
  const { nowMs } = session.scene;
  await vi.waitUntil(() => Date.now() > nowMs, { interval: 1 });
  expect(session.scene.nowMs).toBe(nowMs);
  session.press("p");
  expect(session.scene.nowMs).toBeGreaterThan(nowMs);
});

test("events move a held timeline only when it is let go, and then it keeps its place", async () => {
  const { node, url } = await openApi(threeMembers());
  for (const name of ["n1", "n2"]) node.events.append(changed(name, "suspect"), new Date());
  const { session, until } = watch(url, { focus: "events" });
  await until((scene) => scene.state.events.length === 2);
  session.press("up");
  session.press("p");
  node.events.append(changed("n1", "dead"), new Date());
  // Let go and held again, until the event has come while it was held.
  const backs = await vi.waitUntil(
    () => {
      const held = session.scene.ui.eventsBack;
      session.press("p");
      const { state, ui } = session.scene;
      if (state.events.length === 3) return { held, released: ui.eventsBack };
      session.press("p");
      return undefined;
    },
    { timeout: 5000, interval: 5 },
  );
  expect(backs).toEqual({ held: 1, released: 2 });
});

test("a node that goes away is told as lost, with the last state, and found again", async () => {
  const { server, url } = await openApi(threeMembers());
  const { until } = watch(url);
  await until((scene) => stateOf(scene, "n2") === "alive");
  await server.close();
  const { scene } = await until(({ state }) => state.connection.kind === "lost");
  expect(scene.order).toHaveLength(3);
});

test("while a lost node keeps silent, scenes go on and say for how long", async () => {
  const { url } = await serveHttp(() => undefined);
  const { scenes, session } = watch(url);
  const isOneLossTwice = ({ scene }: (typeof scenes)[number], at: number) =>
    scene.state.connection.kind === "lost" && scenes[at + 1]?.scene.state === scene.state;
  await vi.waitUntil(() => scenes.some(isOneLossTwice), { timeout: 5000, interval: 5 });
  session.end();
});

test("a digit without a member says so, and y copies the row as JSON", async () => {
  const { url } = await openApi(threeMembers());
  const { session, copied, until } = watch(url);
  await until((scene) => scene.order.length === 3);
  session.press("9");
  expect(session.scene.ui.notice).toBe("there is no member number 9");
  session.press("y");
  expect(JSON.parse(copied[0] ?? "")).toMatchObject({ name: "n0", state: "alive" });
});

test("the attached node is known by its name, whatever address it is asked at; a member without an API says so", async () => {
  const node = threeMembers();
  node.members = node.members.map((each) => ({ ...each, record: { ...each.record, api: null } }));
  const { url } = await openApi(node);
  const { session, until } = watch(url.replace("127.0.0.1", "localhost"));
  await until((scene) => scene.order.length === 3);
  session.press("1");
  expect(session.scene.ui.notice).toBe("n0 is the attached node already");
  session.press("2");
  expect(session.scene.ui.notice).toBe(
    "n1 has no API that other machines can reach; set its --api",
  );
});

test("a thousand peers scroll at less than a frame's time a key", async () => {
  const node = new FakeNode();
  node.members = Array.from({ length: 1000 }, (_, at) => member(`n${at}`, "alive", at > 0));
  const { url } = await openApi(node);
  const { session, until } = watch(url);
  await until((scene) => scene.order.length === 1000);
  const startMs = performance.now();
  for (let at = 0; at < 100; at++) session.press("j");
  expect((performance.now() - startMs) / 100).toBeLessThan(50);
  expect(session.scene.selected?.name).toBe("n100");
});
