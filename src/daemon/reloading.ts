import type { ReloadBody } from "../control/api-types.ts";
import type { DaemonSettings } from "./settings.ts";

const RELOADABLE: ReadonlySet<string> = new Set(["tags", "services", "logLevel"]);

/** Which settings differ: those that can be put in force at once, and those that would need a restart. */
export function compareSettings(running: DaemonSettings, wanted: DaemonSettings): ReloadBody {
  const before = flatten(running);
  const after = flatten(wanted);
  const differing = Object.keys(after).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  return {
    v: 1,
    changed: differing.filter((key) => RELOADABLE.has(key)),
    needRestart: differing.filter((key) => !RELOADABLE.has(key)),
  };
}

/** What a reload changed and what it left for a restart, as one clause. */
export function describeReload({ changed, needRestart }: ReloadBody): string {
  const done = changed.length === 0 ? "nothing changed" : `changed ${changed.join(", ")}`;
  return needRestart.length === 0
    ? done
    : `${done}; a restart is needed for ${needRestart.join(", ")}`;
}

function flatten({ node, ...rest }: DaemonSettings): Readonly<Record<string, unknown>> {
  return { ...rest, ...node };
}
