import type { ProfileName } from "../../../core/config.ts";
import { AS_IT_COMES, BenchCluster, type Candidate } from "../candidate.ts";
import { SerfBackend } from "./serf-backend.ts";

/** HashiCorp Serf in the profile of the same name. */
export function serfCandidate(profile: ProfileName): Candidate {
  return {
    name: "serf",
    variants: [AS_IT_COMES],
    open: (_, names) => {
      const backend = new SerfBackend(profile);
      return new BenchCluster(backend, names, profile, () => backend.watchTraffic());
    },
  };
}
