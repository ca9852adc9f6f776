import type { ProbeConfig } from "../config.ts";
import type { MemberName, Millis } from "../member.ts";
import type { Member, MembershipTable } from "../membership/table.ts";
import type { LastHeard } from "../observing/last-heard.ts";
import { type Rng, sample } from "../primitives/rng.ts";

/** Helpers are looked for among members heard within so many periods. */
const HELPER_HEARD_PERIODS = 1.5;

interface HelperParts {
  readonly config: Pick<ProbeConfig, "helpers" | "probeIntervalMs">;
  readonly rng: Rng;
  readonly table: MembershipTable;
  readonly lastHeard: LastHeard;
  readonly selfName: MemberName;
}

/**
 * The members that are asked to ping a silent subject (SWIM §3.1): members heard lately, else any
 * alive ones.
 */
export function chooseHelpers(subject: MemberName, parts: HelperParts, now: Millis): Member[] {
  const { config, rng, table, lastHeard, selfName } = parts;
  const alive = table.present.filter(
    ({ name, state }) => state === "alive" && name !== subject && name !== selfName,
  );
  const heardWithinMs = HELPER_HEARD_PERIODS * config.probeIntervalMs;
  const heard = alive.filter(({ name }) => lastHeard.heardWithin(name, heardWithinMs, now));
  return sample(rng, heard.length > 0 ? heard : alive, config.helpers);
}
