import { expect, test } from "vitest";
import { ConfigError } from "../../src/core/errors.ts";
import { SeedResolver } from "../../src/daemon/seed-resolver.ts";
import type { HostPort } from "../../src/daemon/settings/host-port.ts";

const OWN = { host: "10.0.0.1", port: 7946 };

function bench(seeds: readonly HostPort[], names: Record<string, readonly string[] | string>) {
  const warnings: string[] = [];
  const resolver = new SeedResolver(
    { seeds, own: [OWN], onWarning: (warning) => warnings.push(warning) },
    async (host) => {
      const found = names[host] ?? "ENOTFOUND";
      if (typeof found === "string") throw Object.assign(new Error(found), { code: found });
      return found;
    },
  );
  return { resolver, warnings, names };
}

test("a name stands for all its addresses", async () => {
  const { resolver } = bench([{ host: "seeds", port: 1 }], { seeds: ["10.0.0.2", "10.0.0.3"] });
  expect(await resolver.resolve()).toEqual([
    { host: "10.0.0.2", port: 1 },
    { host: "10.0.0.3", port: 1 },
  ]);
});

test("names are resolved anew each time", async () => {
  const { resolver, names } = bench([{ host: "seeds", port: 1 }], { seeds: ["10.0.0.2"] });
  await resolver.resolve();
  names.seeds = ["10.0.0.9"];
  expect(await resolver.resolve()).toEqual([{ host: "10.0.0.9", port: 1 }]);
});

test("a numeric address needs no name server", async () => {
  expect(await bench([{ host: "10.0.0.2", port: 1 }], {}).resolver.resolve()).toEqual([
    { host: "10.0.0.2", port: 1 },
  ]);
});

test("this node's own address and repeated ones are left out", async () => {
  const seeds = [OWN, { host: "10.0.0.2", port: 1 }, { host: "seeds", port: 1 }];
  const { resolver } = bench(seeds, { seeds: ["10.0.0.2"] });
  expect(await resolver.resolve()).toEqual([{ host: "10.0.0.2", port: 1 }]);
});

test("a name that does not resolve while running is one warning until it does, and stops no other", async () => {
  const { resolver, warnings, names } = bench(
    [
      { host: "a", port: 1 },
      { host: "10.0.0.2", port: 1 },
    ],
    {},
  );
  expect(await resolver.resolve()).toEqual([{ host: "10.0.0.2", port: 1 }]);
  await resolver.resolve();
  expect(warnings).toEqual(["join: a does not resolve (ENOTFOUND); trying again later"]);
  names.a = ["10.0.0.3"];
  await resolver.resolve();
  delete names.a;
  await resolver.resolve();
  expect(warnings.length).toBe(2);
});

test("a host that does not exist is the operator's error at the start", async () => {
  await expect(bench([{ host: "a", port: 1 }], {}).resolver.resolveOrRefuse()).rejects.toThrow(
    new ConfigError("join: there is no host called a; correct the name or give its address"),
  );
});

test("a name server that does not answer at the start is only a warning", async () => {
  const { resolver, warnings } = bench([{ host: "a", port: 1 }], { a: "EAI_AGAIN" });
  expect(await resolver.resolveOrRefuse()).toEqual([]);
  expect(warnings).toEqual(["join: a does not resolve now (EAI_AGAIN)"]);
});
