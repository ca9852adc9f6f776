import type { BaselineNode, BaselineOptions } from "../baselines/baseline-node.ts";
import { LifeguardNode } from "../baselines/lifeguard/lifeguard-node.ts";
import { PlainSwimNode } from "../baselines/plain-swim-node.ts";
import type { CandidateName, CandidateOptions, CreateProcess } from "./candidate.ts";
import { HearsayProcess } from "./hearsay-process.ts";

/** How a process of each candidate is made. The baselines know one profile: lan. */
export const CANDIDATES: Readonly<Record<CandidateName, CreateProcess>> = {
  hearsay: (options) => new HearsayProcess(options),
  swim: (options) => baseline(options, PlainSwimNode),
  lifeguard: (options) => baseline(options, LifeguardNode),
};

function baseline(
  { self, clock, port, rng, seeds, onNews }: CandidateOptions,
  Node: new (options: BaselineOptions) => BaselineNode,
): ReturnType<CreateProcess> {
  const node = new Node({ ...self, clock, port, rng, seeds, onNews });
  return {
    start: (roster) => {
      if (roster !== undefined) node.prefill(roster);
      node.start();
    },
    end: () => {},
  };
}
