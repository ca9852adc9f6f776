import type { FuzzTarget, TargetName } from "./target.ts";
import { createDnsTarget } from "./targets/dns-target.ts";
import { createFilesTarget } from "./targets/files-target.ts";
import { createHttpTarget } from "./targets/http-target.ts";
import { createPoolTarget } from "./targets/pool-target.ts";
import { createSyncTarget } from "./targets/sync-target.ts";
import { createScenarioTarget, createSettingsTarget } from "./targets/text-targets.ts";
import { createHelloTarget, createWireTarget } from "./targets/wire-target.ts";

const CREATE: Readonly<Record<TargetName, () => FuzzTarget | Promise<FuzzTarget>>> = {
  wire: createWireTarget,
  hello: createHelloTarget,
  sync: createSyncTarget,
  pool: createPoolTarget,
  dns: createDnsTarget,
  http: createHttpTarget,
  scenario: createScenarioTarget,
  settings: createSettingsTarget,
  files: createFilesTarget,
};

/** Does `work` with a target, and closes it. */
export async function withTarget<T>(
  name: TargetName,
  work: (target: FuzzTarget) => Promise<T>,
): Promise<T> {
  const target = await CREATE[name]();
  try {
    return await work(target);
  } finally {
    await target.close?.();
  }
}
