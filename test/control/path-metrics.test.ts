import { expect, test } from "vitest";
import { openApi } from "./api.ts";

test("a guest's metrics count its paths, and name those that are down", async () => {
  const { node, client } = await openApi();
  expect(await client.metrics()).not.toContain("hearsay_paths");
  const path = {
    from: "m1",
    to: "m2",
    ok: 9,
    of: 9,
    rttMs: 1,
    downForMs: null,
    how: "ack",
  } as const;
  const paths = [
    path,
    { ...path, from: "m3", ok: 8 },
    { ...path, to: "m3", ok: 0, downForMs: 2500 },
  ];
  Object.assign(node, { paths: () => paths });
  expect((await client.metrics()).split("\n")).toEqual(
    expect.arrayContaining([
      'hearsay_paths{state="up"} 1',
      'hearsay_paths{state="loses"} 1',
      'hearsay_paths{state="down"} 1',
      'hearsay_paths{state="untried"} 0',
      'hearsay_path_down_seconds{from="m1",to="m3"} 2.5',
    ]),
  );
});
