import type { BaselineNode, BaselineOptions } from "../baselines/baseline-node.ts";
import { LifeguardNode } from "../baselines/lifeguard/lifeguard-node.ts";
import { PlainSwimNode } from "../baselines/plain-swim-node.ts";
import type { ContestantName, ContestantOptions, CreateProcess } from "./candidate.ts";
import { HearsayProcess } from "./hearsay-process.ts";

/** How a process of each contestant is made. The baselines know one profile: lan. */
export const CONTESTANTS: Readonly<Record<ContestantName, CreateProcess>> = {
  hearsay: (options) => new HearsayProcess(options),
  swim: (options) => baseline(options, PlainSwimNode),
  lifeguard: (options) => baseline(options, LifeguardNode),
};

function baseline(
  { self, clock, port, rng, seeds, onNews }: ContestantOptions,
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
