import { expect, expectTypeOf, test } from "vitest";
import { POOL_GRAFANA, POOL_LAN } from "../../../src/pool/core/pool-config.ts";
import type { PoolWatch, PoolWatchOptions } from "../../../src/pool/core/pool-watch.ts";

test.each([POOL_LAN, POOL_GRAFANA])(
  "a guest pings no member more often than the pool itself would",
  (config) => {
    expect(config.probeIntervalMs).toBeGreaterThanOrEqual(config.poolProbeIntervalMs);
  },
);

test("a watcher is told how to read what members announce, and steps without the world", () => {
  expectTypeOf<PoolWatchOptions>().toHaveProperty("reader");
  expectTypeOf<PoolWatch["step"]>().returns.toExtend<readonly { readonly kind: string }[]>();
});
