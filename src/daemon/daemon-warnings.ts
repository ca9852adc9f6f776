import type { Endpoint } from "../core/member.ts";
import type { DaemonLog } from "./daemon-log.ts";
import { type Addresses, diagnoseAccusations, diagnoseSeeds } from "./node/join-diagnosis.ts";

/** What a daemon tells its operator about its surroundings, as lines of its log. */
export class DaemonWarnings {
  private readonly log: DaemonLog;
  private readonly addresses: Addresses;

  constructor(log: DaemonLog, addresses: Addresses) {
    this.log = log;
    this.addresses = addresses;
  }

  /** The control API may inject faults. */
  faultsAllowed(): void {
    const warning =
      "FAULTS: allowed; any client of the API can break this node's links and stall it";
    this.log.note("warn", "faults-allowed", warning);
  }

  /** Variables of the environment that look like settings, but are links that Kubernetes sets to services. */
  serviceLinksIgnored(links: readonly string[]): void {
    if (links.length === 0) return;
    const names = links.join(", ");
    const message = `the environment holds links to a service called hearsay, which are not settings: ${names}`;
    this.log.note("debug", "service-links-ignored", message, { names: links });
  }

  /** No answer from any of the seeds yet; the reason follows, unless it is `isMoot` once it is found. */
  async nobodyAnswers(seeds: readonly Endpoint[], isMoot: () => boolean): Promise<void> {
    const message = "no answer from the join addresses yet; still trying";
    this.log.note("warn", "nobody-answers", message);
    const why = await diagnoseSeeds(seeds, this.addresses);
    if (isMoot()) return;
    this.log.note("warn", "nobody-answers", `still no answer: ${why}`);
  }

  /** The other members accuse this node again and again; says so where a reason can be guessed. */
  async oftenAccused(): Promise<void> {
    const message = await diagnoseAccusations(this.addresses);
    if (message !== undefined) this.log.note("warn", "often-accused", message);
  }
}
