import type { ProtocolKey } from "./protocol-purposes.ts";
import type { SettingKey } from "./schemas.ts";

/** What each setting that no profile gives is for, with its default in brackets. */
export const SETTING_PURPOSES: Readonly<Record<Exclude<SettingKey, ProtocolKey>, string>> = {
  name: "Name of this node, unique in the cluster [host name]",
  bind: "Where gossip is received [127.0.0.1:7946]; port 0: any",
  advertise: "Address that the others use, if it is not the bound one",
  join: "Gossip address of any member; repeatable",
  api: "Where the control API listens [127.0.0.1:7373]; port 0: any; unix:/path: a socket for this user alone",
  apiHost: "Host name that the API accepts, beside localhost and addresses; repeatable",
  apiTokenFile:
    "Tokens that the API asks for; needed on addresses other than loopback (hearsay keygen --token)",
  apiReadTokenFile: "Tokens that may only read from the API",
  apiCert:
    "Certificate of the API, which is then served by TLS; needed on addresses other than loopback",
  apiKey: "Private key of that certificate",
  dns: "Serve DNS for load balancers, UDP and TCP [off; without an address 127.0.0.1:8600]; port 0: any",
  dnsTtlS: "Seconds that a resolver may cache an answer [0]",
  profile: "Pace of the protocol, one a cluster [lan]",
  cluster: "Label of the cluster; gossip with another label is ignored [hearsay]",
  dataDir: "Directory that keeps incarnation, keys and known members across restarts",
  keyFile: "Keys of the cluster: encrypts gossip, and ignores strangers (hearsay keygen)",
  gossipEncryption:
    "For a running cluster that moves to keys: accept also takes sealed gossip, prefer sends it, require takes nothing else [require]",
  tags: "key=value that other members see; repeatable",
  services: "name:port that this node offers; repeatable",
  allowScripts: "Let API requests register script checks, which this daemon then runs",
  panic: "Return all known endpoints when fewer than this percentage are usable [50]",
  removals:
    "Percentage of a service's endpoints that silence may remove within a minute; name=share for single services [25]",
  flapHoldMs: "Longest time that a flapping endpoint is kept out; 0 never [30000]",
  deadKnownMs: "How long the endpoints of dead members stay known to consumers [600000]",
  onEvent: "[event,…=]command run for events, JSON on its stdin; repeatable",
  onQuery: "[name=]command whose output answers queries; repeatable",
  log: "Form of the log on stderr: text or json [text on a terminal, else json]",
  logLevel: "Least important line that is logged [info]",
  insecure:
    "Accept gossip without a key, the API without token or TLS, and DNS, on addresses other than loopback",
  allowFaults: "Let the API cut and delay this node's links: for tests, never in production",
};
