import { expect, test } from "vitest";
import { plainService } from "../../src/core/member.ts";
import { openApi } from "./api.ts";
import { nodeWith } from "./fake-node.ts";

async function targets(url: string, path: string): Promise<unknown> {
  const response = await fetch(url + path);
  expect(response.headers.get("content-type")).toContain("application/json");
  return response.json();
}

test("Prometheus is told the usable endpoints, one target each, with labels to choose by", async () => {
  const node = nodeWith(["n1", "alive"], ["n2", "suspect"]);
  const tagged = { ...plainService("web", 8081), tags: ["a", "b"], meta: { "git/sha": "c0ffee" } };
  const one = node.members[1];
  if (one !== undefined)
    node.members[1] = { ...one, record: { ...one.record, services: [tagged] } };
  const { url } = await openApi(node);
  expect(await targets(url, "/v1/sd/prometheus?service=web")).toEqual([
    {
      targets: ["127.0.0.1:8080"],
      labels: {
        __meta_hearsay_service: "web",
        __meta_hearsay_member: "n0",
        __meta_hearsay_state: "alive",
        __meta_hearsay_health: "passing",
        __meta_hearsay_panic: "false",
        __meta_hearsay_tags: "",
      },
    },
    {
      targets: ["127.0.0.1:8081"],
      labels: expect.objectContaining({
        __meta_hearsay_member: "n1",
        __meta_hearsay_tags: ",a,b,",
        __meta_hearsay_meta_git_sha: "c0ffee",
      }),
    },
  ]);
});

test("without a service all are told, and in a panic all that are known", async () => {
  const { url } = await openApi(nodeWith(["n1", "dead"], ["n2", "dead"]));
  const all = (await targets(url, "/v1/sd/prometheus")) as { labels: Record<string, string> }[];
  expect(all.map(({ labels }) => labels.__meta_hearsay_panic)).toEqual(["true", "true", "true"]);
});

test("the nodes themselves are targets, those that are present", async () => {
  const { url } = await openApi(nodeWith(["n1", "dead"], ["n2", "suspect"]));
  expect(await targets(url, "/v1/sd/prometheus/nodes")).toMatchObject([
    { targets: ["127.0.0.1:21000"], labels: { __metrics_path__: "/v1/metrics" } },
    { labels: { __meta_hearsay_member: "n2", __meta_hearsay_tag_rack: "3" } },
  ]);
});

test("a member without an API for others is no target; this node is one, where it was asked", async () => {
  const node = nodeWith(["n1", "alive"]);
  node.members = node.members.map((each) => ({ ...each, record: { ...each.record, api: null } }));
  const { url, client } = await openApi(node);
  expect(await targets(url, "/v1/sd/prometheus/nodes")).toMatchObject([
    { targets: ["127.0.0.1:21000"], labels: { __meta_hearsay_member: "n0" } },
  ]);
  const { members } = await client.members();
  expect(members.map(({ name, api }) => [name, api])).toEqual([
    ["n0", "127.0.0.1:21000"],
    ["n1", null],
  ]);
  expect((await client.explain("n1")).api).toBeNull();
});

test.each([
  'hearsay_service_endpoints{service="web",use="in"} 3',
  'hearsay_service_endpoints{service="web",use="out"} 0',
  'hearsay_service_panic{service="web"} 1',
  'hearsay_suspicions_cleared_total{cause="heard"} 4',
  'hearsay_suspicions_cleared_total{cause="refuted"} 2',
  "hearsay_refutations_total 1",
  "hearsay_waiting_clients 0",
  "hearsay_clients_dropped_total 0",
  'hearsay_check_health{service="db",check="ttl",health="starting"} 1',
])("the metrics have %s", async (line) => {
  const { node, client } = await openApi(nodeWith(["n1", "dead"], ["n2", "dead"]));
  node.localServices.register("db", { port: 1, checks: [{ ttl: "1m" }] });
  expect((await client.metrics()).split("\n")).toContain(line);
});
