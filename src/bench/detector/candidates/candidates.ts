import type { BaselineNode, BaselineOptions } from "../baselines/baseline-node.ts";
import { pacedConfig } from "../baselines/lifeguard/lifeguard-config.ts";
import { LifeguardNode } from "../baselines/lifeguard/lifeguard-node.ts";
import { PlainSwimNode } from "../baselines/plain-swim-node.ts";
import type { CandidateName, CandidateOptions, CreateProcess } from "./candidate.ts";
import { HearsayProcess } from "./hearsay-process.ts";

/** How a process of each candidate is made. The baselines know one profile: lan. */
export const CANDIDATES: Readonly<Record<CandidateName, CreateProcess>> = {
  hearsay: (options) => new HearsayProcess(options, "kernels"),
  "hearsay-udp": (options) => new HearsayProcess(options, "datagrams"),
  swim: (options) => baseline(options, (node) => new PlainSwimNode(node)),
  lifeguard: (options) => baseline(options, (node) => new LifeguardNode(node)),
  "lifeguard-same-traffic": (options) =>
    baseline(options, (node) => new LifeguardNode(node, pacedConfig(options.pace))),
};

function baseline(
  { self, clock, port, rng, seeds, onNews }: CandidateOptions,
  create: (options: BaselineOptions) => BaselineNode,
): ReturnType<CreateProcess> {
  const node = create({ ...self, clock, port, rng, seeds, onNews });
  return {
    start: (roster) => {
      if (roster !== undefined) node.prefill(roster);
      node.start();
    },
    end: (closePort) => closePort(),
  };
}
