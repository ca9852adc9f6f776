import { ServiceDirectory } from "../../discovery/directory/service-directory.ts";
import type { DiscoveryEvent } from "../../discovery/discovery-event.ts";
import type { DnsServer } from "../../discovery/dns/dns-server.ts";
import { LocalServices } from "../../discovery/registrations/local-services.ts";
import type { NodeHost } from "../../host/node-host.ts";
import { advertisedComplaint } from "../../wire/record/advertised.ts";
import type { DaemonSettings } from "../settings.ts";

/** Both sides of discovery in one node. */
export interface NodeDiscovery {
  /** What the cluster offers. */
  readonly directory: ServiceDirectory;
  /** What this node offers. */
  readonly localServices: LocalServices;
}

/** Services over a node that is still to be built: `host` is first called when something is asked or changed. */
export function createNodeDiscovery(
  settings: DaemonSettings,
  host: () => NodeHost,
  onEvent: (event: DiscoveryEvent) => void,
): NodeDiscovery {
  const nowMs = () => performance.now();
  const directory = new ServiceDirectory(
    {
      nowMs,
      onEvent,
      wallTime: () => new Date(),
      snapshot: () => host().snapshot(),
      explain: (member) => host().explain(member),
      watch: (subjects, forMs) => host().submit({ kind: "watch", subjects, forMs }),
    },
    settings,
  );
  const localServices = new LocalServices(settings, {
    nowMs,
    onEvent,
    validate: advertisedComplaint,
    advertise: (tags, services) => host().submit({ kind: "advertise", tags, services }),
  });
  return { directory, localServices };
}

/** Answers DNS queries from what the directory holds; `ttlS` is the time to live of the answers, in seconds. */
export function serveDns(dns: DnsServer, directory: ServiceDirectory, ttlS: number): void {
  dns.serve({
    hostOf: (member) => directory.hostOf(member),
    ask: (query) => directory.ask(query),
    isWhole: () => directory.notYet === null,
    random: Math.random,
    ttlS,
  });
}
