import { describe, expect, test } from "vitest";
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
  expect((await resolver.resolve()).endpoints).toEqual([
    { host: "10.0.0.2", port: 1 },
    { host: "10.0.0.3", port: 1 },
  ]);
});

test("names are resolved anew each time", async () => {
  const { resolver, names } = bench([{ host: "seeds", port: 1 }], { seeds: ["10.0.0.2"] });
  await resolver.resolve();
  names.seeds = ["10.0.0.9"];
  expect((await resolver.resolve()).endpoints).toEqual([{ host: "10.0.0.9", port: 1 }]);
});

test("a numeric address needs no name server", async () => {
  const { resolver } = bench([{ host: "10.0.0.2", port: 1 }], {});
  expect((await resolver.resolve()).endpoints).toEqual([{ host: "10.0.0.2", port: 1 }]);
});

test("this node's own address and repeated ones are left out", async () => {
  const seeds = [OWN, { host: "10.0.0.2", port: 1 }, { host: "seeds", port: 1 }];
  const { resolver } = bench(seeds, { seeds: ["10.0.0.2"] });
  expect((await resolver.resolve()).endpoints).toEqual([{ host: "10.0.0.2", port: 1 }]);
});

test("a name that does not resolve while running is one warning until it does, and stops no other", async () => {
  const { resolver, warnings, names } = bench(
    [
      { host: "a", port: 1 },
      { host: "10.0.0.2", port: 1 },
    ],
    {},
  );
  expect((await resolver.resolve()).endpoints).toEqual([{ host: "10.0.0.2", port: 1 }]);
  await resolver.resolve();
  expect(warnings).toEqual(["join: a does not resolve (ENOTFOUND); trying again later"]);
  names.a = ["10.0.0.3"];
  await resolver.resolve();
  delete names.a;
  await resolver.resolve();
  expect(warnings.length).toBe(2);
});

test("a name that fails keeps the addresses it had, and is told as unresolved", async () => {
  const { resolver, names } = bench([{ host: "a", port: 1 }], { a: ["10.0.0.3"] });
  expect((await resolver.resolve()).hasUnresolved).toBe(false);
  names.a = "EAI_AGAIN";
  expect(await resolver.resolve()).toEqual({
    endpoints: [{ host: "10.0.0.3", port: 1 }],
    hasUnresolved: true,
  });
});

test("a name server that never answers holds up no other seed", async () => {
  const seeds = [
    { host: "slow", port: 1 },
    { host: "10.0.0.2", port: 1 },
  ];
  const never = () => new Promise<never>(() => undefined);
  const warnings: string[] = [];
  const onWarning = (warning: string) => warnings.push(warning);
  const resolver = new SeedResolver({ seeds, own: [OWN], onWarning, lookUpMs: 10 }, never);
  expect(await resolver.resolve()).toEqual({
    endpoints: [{ host: "10.0.0.2", port: 1 }],
    hasUnresolved: true,
  });
  expect(warnings).toEqual([
    "join: slow does not resolve (no answer in 0.01 s); trying again later",
  ]);
});

describe("addresses that an operator adds", () => {
  const A = [{ host: "a", port: 1 }];

  test("are seeds from then on", async () => {
    const { resolver } = bench([], { a: ["10.0.0.3"] });
    await resolver.add(A);
    expect((await resolver.resolve()).endpoints).toEqual([{ host: "10.0.0.3", port: 1 }]);
  });

  test("are the operator's error where there is no such host", async () => {
    const { resolver } = bench([], {});
    await expect(resolver.add(A)).rejects.toThrow(
      new ConfigError("join: there is no host called a; correct the name or give its address"),
    );
    expect((await resolver.resolve()).hasUnresolved).toBe(false);
  });

  test("are a warning where the name server does not answer, and looked up again", async () => {
    const { resolver, warnings, names } = bench([], { a: "EAI_AGAIN" });
    expect((await resolver.add(A)).endpoints).toEqual([]);
    expect(warnings).toEqual(["join: a does not resolve now (EAI_AGAIN)"]);
    names.a = ["10.0.0.3"];
    expect((await resolver.resolve()).endpoints).toEqual([{ host: "10.0.0.3", port: 1 }]);
  });
});
