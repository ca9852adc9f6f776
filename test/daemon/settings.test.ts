import { join } from "node:path";
import { expect, test } from "vitest";
import { PROFILES } from "../../src/core/config.ts";
import { ConfigError } from "../../src/core/errors.ts";
import { isName } from "../../src/wire/limits.ts";
import { type Given, resolve } from "./given-settings.ts";

test("without anything given, a node is alone on loopback with profile lan", () => {
  expect(resolve({})).toEqual({
    name: "box",
    bind: { host: "127.0.0.1", port: 7946 },
    advertise: { host: "127.0.0.1", port: 7946 },
    join: [],
    api: { host: "127.0.0.1", port: 7373 },
    apiTokenFile: null,
    apiReadTokenFile: null,
    apiCert: null,
    apiKey: null,
    apiHost: [],
    dns: null,
    dnsTtlS: 0,
    cluster: "hearsay",
    dataDir: null,
    keyFile: null,
    gossipEncryption: "require",
    tags: {},
    onEvent: [],
    onQuery: [],
    services: [],
    allowScripts: false,
    panic: { everyService: 0.5, services: {} },
    ...{ removals: { everyService: 0.25, services: {} }, flapHoldMs: 30_000 },
    deadKnownMs: 600_000,
    log: "json",
    logLevel: "info",
    insecure: false,
    allowFaults: false,
    serviceLinks: [],
    node: PROFILES.lan,
  });
});

test("with a key a node listens on any address; with consent also while its cluster moves to keys", () => {
  const bind = { bind: "10.0.0.5:7946", keyFile: "keys" };
  const moving = { ...bind, gossipEncryption: "accept", insecure: true };
  expect(resolve({ flags: bind })).toMatchObject({ keyFile: "keys", gossipEncryption: "require" });
  expect(resolve({ flags: moving })).toMatchObject({ gossipEncryption: "accept" });
  expect(resolve({ env: { HEARSAY_KEY_FILE: "k" } }).keyFile).toBe("k");
});

test("flags win over the environment, that over the file, that over the profile, that over the defaults", () => {
  const files = { "n.yaml": "profile: local\ngraceMs: 901\nhelpers: 4\nphiSuspect: 9\n" };
  const env = { HEARSAY_CONFIG: "n.yaml", HEARSAY_HELPERS: "5", HEARSAY_PHI_SUSPECT: "10" };
  const { node } = resolve({ files, env, flags: { phiSuspect: 11 } });
  expect([
    node.probeIntervalMs,
    node.graceMs,
    node.helpers,
    node.phiSuspect,
    node.pingRetries,
  ]).toEqual([200, 901, 5, 11, 2]);
});

test("a file may be JSON, and its lists and maps native", () => {
  const file = {
    join: ["seed.example:7000", "[::1]:7001", "10.0.0.1"],
    tags: { rack: 3 },
    services: [{ name: "web", port: 80, weight: 50, tags: ["canary"], meta: { zone: 1 } }],
  };
  const settings = resolve({
    flags: { config: "n.json" },
    files: { "n.json": JSON.stringify(file) },
  });
  expect(settings.join).toEqual([
    { host: "seed.example", port: 7000 },
    { host: "::1", port: 7001 },
    { host: "10.0.0.1", port: 7946 },
  ]);
  expect(settings.tags).toEqual({ rack: "3" });
  expect(settings.services).toEqual([
    { name: "web", port: 80, weight: 50, tags: ["canary"], meta: { zone: "1" }, checks: [] },
  ]);
});

test("lists in flags may be repeated or comma separated, tags as k=v, services as name:port", () => {
  const flags = {
    join: ["a:1,b:2", "c:3"],
    tags: ["rack=3,role=db", "note=a=b"],
    services: "web:80,dns:53",
    refusals: "false",
  };
  const settings = resolve({ flags });
  expect(settings.join.map(({ host }) => host)).toEqual(["a", "b", "c"]);
  expect(settings.tags).toEqual({ rack: "3", role: "db", note: "a=b" });
  expect(settings.services.map(({ name, port }) => [name, port])).toEqual([
    ["web", 80],
    ["dns", 53],
  ]);
  expect(settings.node.refusals).toBe(false);
});

test("names by which the API may be asked are host names without a port, * for all below one", () => {
  const apiHost = ["Hearsay,*.Hearsay.example.net.", "10.0.0.5", "[fd00::5]"];
  const expected = ["hearsay", "*.hearsay.example.net", "10.0.0.5", "fd00::5"];
  expect(resolve({ flags: { apiHost } }).apiHost).toEqual(expected);
  expect(resolve({ env: { HEARSAY_API_HOST: apiHost.join() } }).apiHost).toEqual(expected);
  const files = { "n.yaml": "apiHost: [hearsay]" };
  expect(resolve({ flags: { config: "n.yaml" }, files }).apiHost).toEqual(["hearsay"]);
});

test.each(["hearsay:7373", "http://hearsay", "*", "*.10.0.0.5", "a b", "*.*.net", "10.0.0.5:0"])(
  "%s is not a name by which the API may be asked",
  (apiHost) => {
    expect(() => resolve({ flags: { apiHost } })).toThrow(
      /^apiHost: .* must be a list of host names or addresses without a port/,
    );
  },
);

test.each([
  ["0", { everyService: 0, services: {} }],
  [30, { everyService: 0.3, services: {} }],
  ["50 %,Web=0,db=25", { everyService: 0.5, services: { web: 0, db: 0.25 } }],
])(
  "the panic share %j is a share for every service, and others for single ones",
  (panic, shares) => {
    expect(resolve({ flags: { panic } }).panic).toEqual(shares);
  },
);

test("the log is text on a terminal", () => {
  expect(resolve({ isTerminal: true }).log).toBe("text");
});

test("a host name becomes a valid member name", () => {
  expect(resolve({ hostName: "my box!é" }).name).toBe("my-box--");
});

test("an IPv6 address has one spelling", () => {
  expect(resolve({ flags: { bind: "[0:0:0:0:0:0:0:1]:0" } }).bind).toEqual({
    host: "::1",
    port: 0,
  });
});

test.each<[string, Given, string]>([
  [
    "a value out of range names key, value, flag and range",
    { flags: { probeIntervalMs: "7" } },
    'probeIntervalMs: "7" (from --probe-interval-ms) must be a whole number of ms from 20 to 60000',
  ],
  [
    "a word where a number belongs names its environment variable",
    { env: { HEARSAY_GRACE_MS: "soon" } },
    'graceMs: "soon" (from HEARSAY_GRACE_MS) must be a whole number of ms from 0 to 600000',
  ],
  [
    "a wrong item of a list in a file is shown with the list",
    { flags: { config: "n.yaml" }, files: { "n.yaml": "join: [a:1, 'b:99999']" } },
    'join: "b:99999" of ["a:1","b:99999"] (from join in n.yaml) must be a list of host:port, comma separated, such as 10.0.0.5:7946,seed.example.net',
  ],
  [
    "an unknown key of the file comes with the nearest one",
    { flags: { config: "n.yaml" }, files: { "n.yaml": "probeIntervalMS: 500" } },
    "probeIntervalMS in n.yaml: no such setting (did you mean probeIntervalMs?); remove or correct it",
  ],
  [
    "an unknown environment variable comes with the nearest one",
    { env: { HEARSAY_PROBE_INTERVALL_MS: "500" } },
    "HEARSAY_PROBE_INTERVALL_MS: no such environment variable of hearsay (did you mean HEARSAY_PROBE_INTERVAL_MS?); unset it or correct the name",
  ],
  [
    "a relation that the protocol cannot run with is refused",
    { flags: { retryWaitMsMin: 900 } },
    "retryWaitMsMin: 900 leaves no room for a retry inside probeIntervalMs (1000); it must be at most half of it",
  ],
  [
    "a bad name is refused",
    { flags: { name: "n 1" } },
    'name: "n 1" (from --name) must be 1 to 64 characters of A-Z a-z 0-9 . _ -, not . or .. alone',
  ],
  [
    "another profile is refused",
    { flags: { profile: "lab" } },
    'profile: "lab" (from --profile) must be local, lan or wan',
  ],
  [
    "a bind to a name is refused",
    { flags: { bind: "box:7946" } },
    'bind: "box" (from --bind) must be a numeric address and port, such as 127.0.0.1:7946; host names are resolved only for join',
  ],
  [
    "a bind off loopback needs consent",
    { flags: { bind: "10.0.0.5:7946" } },
    "bind: 10.0.0.5 is not a loopback address, and anyone who reaches it could join and send false reports; give this node the cluster's key with --key-file (hearsay keygen makes one), bind to 127.0.0.1 or ::1, or accept that with --insecure",
  ],
  [
    "a bind off loopback that takes gossip without the key needs consent, too",
    { flags: { bind: "10.0.0.5:7946", keyFile: "keys", gossipEncryption: "prefer" } },
    "bind: 10.0.0.5 is not a loopback address, and anyone who reaches it could join and send false reports, because gossipEncryption prefer takes gossip without a key; choose require, bind to 127.0.0.1 or ::1, or accept that with --insecure",
  ],
  [
    "encryption without a key is refused",
    { flags: { gossipEncryption: "require" } },
    "gossipEncryption: require needs a key; give this node a --key-file, which hearsay keygen makes",
  ],
  [
    "another word for encryption is refused",
    { flags: { keyFile: "keys", gossipEncryption: "on" } },
    'gossipEncryption: "on" (from --gossip-encryption) must be accept, prefer or require',
  ],
  [
    "a key is no protection of the API",
    { flags: { bind: "10.0.0.5:7946", keyFile: "keys", api: "10.0.0.5:7373" } },
    "api: 10.0.0.5 is not a loopback address, and anyone who reaches it could control this node; give it a token with --api-token-file (hearsay keygen --token makes one) and a certificate with --api-cert, bind to 127.0.0.1 or ::1, or accept that with --insecure",
  ],
  [
    "a token off loopback is not shown to the whole network",
    { flags: { api: "10.0.0.5:7373", apiTokenFile: "token" } },
    "api: 10.0.0.5 is not a loopback address, and without TLS anyone on the way could read its token; give it a certificate with --api-cert and --api-key, bind to 127.0.0.1 or ::1, or accept that with --insecure",
  ],
  [
    "a token that may only read protects nothing without one that may do more",
    { flags: { apiReadTokenFile: "token" } },
    "apiReadTokenFile: needs an --api-token-file; without one, anyone could do everything without a token",
  ],
  [
    "a certificate needs its key",
    { flags: { apiCert: "cert.pem" } },
    "apiCert: needs its private key; name its file with --api-key",
  ],
  [
    "a private key needs its certificate",
    { flags: { apiKey: "key.pem" } },
    "apiKey: needs its certificate; name its file with --api-cert",
  ],
  [
    "a Unix socket has a path",
    { flags: { api: "unix:" } },
    'api: "unix:" (from --api) must be a numeric address and port, such as 127.0.0.1:7373, or a Unix socket, such as unix:/run/hearsay/api.sock',
  ],
  [
    "an api off loopback needs consent",
    { flags: { api: "0.0.0.0:7373" } },
    "api: 0.0.0.0 is not a loopback address, and anyone who reaches it could control this node; give it a token with --api-token-file (hearsay keygen --token makes one) and a certificate with --api-cert, bind to 127.0.0.1 or ::1, or accept that with --insecure",
  ],
  [
    "advertising a wildcard is refused",
    { flags: { advertise: "0.0.0.0:1" } },
    "advertise: 0.0.0.0 is not an address that others can send to; use one of this machine",
  ],
  [
    "advertising another address family than that of bind is refused",
    { flags: { advertise: "[::1]:1" } },
    "advertise: ::1 is not of the address family of bind (127.0.0.1); use the same family for both",
  ],
  [
    "tags that no record can carry are refused",
    { flags: { tags: [`a=${"x".repeat(600)}`] } },
    "tags, services: tags and services take 607 bytes together; at most 512 are allowed; members carry them in every record",
  ],
  [
    "a file that cannot be read is refused",
    { flags: { config: "none.yaml" } },
    "config: cannot read none.yaml (ENOENT); give --config the path of a JSON or YAML file",
  ],
  [
    "a file that is no map of settings is refused",
    { flags: { config: "n.yaml" }, files: { "n.yaml": "- a" } },
    'config: n.yaml must hold one object of settings, such as "bind: 127.0.0.1:7946"',
  ],
])("%s", (_rule, given, message) => {
  expect(() => resolve(given)).toThrow(new ConfigError(message));
});

test.each([
  ["n.json", "{"],
  ["n.yaml", "bind: ["],
])("a file with a syntax error is one line naming %s", (path, text) => {
  expect(() => resolve({ flags: { config: path }, files: { [path]: text } })).toThrow(
    /^config: n\.(json is not JSON|yaml is not YAML): [^\n]+$/,
  );
});

test("environment variables of the commands are left to them", () => {
  const env = { HEARSAY_ATTACH: "x", HEARSAY_STATE_DIR: "y", HEARSAY_FILE: "f", HOME: "z" };
  expect(resolve({ env }).name).toBe("box");
});

test.each([
  ["alone", "", { host: "127.0.0.1", port: 8600 }],
  ["as true", true, { host: "127.0.0.1", port: 8600 }],
  ["with an address", "127.0.0.2:53", { host: "127.0.0.2", port: 53 }],
  ["with a host alone", "::1", { host: "::1", port: 8600 }],
])("dns %s says where it is served", (_how, dns, endpoint) => {
  expect(resolve({ flags: { dns } }).dns).toEqual(endpoint);
});

test.each([
  [
    { dns: "0.0.0.0:53" },
    /^dns: 0\.0\.0\.0 is not a loopback address, .* could ask what runs here/,
  ],
  [{ dns: "ns.example:53" }, /^dns: "ns\.example" \(from --dns\) must be a numeric address/],
  [{ panic: "150" }, /^panic: .* must be a percentage from 0 to 100/],
  [{ panic: "50,web" }, /^panic: .* must be a percentage/],
  [
    { services: "a.b:80" },
    /^services: "a\.b:80" \(from --services\) must be 1 to 63 of .* DNS can carry it/,
  ],
  [{ services: "web:80,WEB:81" }, /^services: .* must be a list of name:port/],
  [{ deadKnownMs: "10" }, /^deadKnownMs: "10" .* must be a whole number of ms from 1000/],
])("what discovery cannot be run with is refused: %j", (flags, message) => {
  expect(() => resolve({ flags })).toThrow(message);
});

/** What Kubernetes puts into every pod where there is a Service of that name. */
function serviceLinksOf(service: string, address = "10.96.0.17"): Record<string, string> {
  const port = `${service}_PORT_7946_UDP`;
  return {
    [`${service}_SERVICE_HOST`]: address,
    [`${service}_SERVICE_PORT`]: "7946",
    [`${service}_SERVICE_PORT_GOSSIP_UDP`]: "7946",
    [`${service}_PORT`]: `udp://${address}:7946`,
    [port]: `udp://${address}:7946`,
    [`${port}_PROTO`]: "udp",
    [`${port}_PORT`]: "7946",
    [`${port}_ADDR`]: address,
  };
}

test.each([
  ["HEARSAY", "10.96.0.17"],
  ["HEARSAY_API", "10.96.0.18"],
  ["HEARSAY", "fd00::17"],
])(
  "links of an orchestrator to a service %s at %s are no settings and are left alone",
  (service, address) => {
    const env = serviceLinksOf(service, address);
    expect(resolve({ env }).serviceLinks).toEqual(Object.keys(env).sort());
  },
);

test.each([
  ["HEARSAY_PORT", "7946"],
  ["HEARSAY_SERVICE", "web:8080"],
  ["HEARSAY_SERVICE_HOST", "web.example.net"],
  ["HEARSAY_SERVICE_PORT", "http"],
  ["HEARSAY_API_PORT", "7373"],
  ["HEARSAY_PORT_7946_UDP", "7946"],
])("%s=%s is not a link, and stays a mistake", (name, value) => {
  expect(() => resolve({ env: { [name]: value } })).toThrow(
    `${name}: no such environment variable of hearsay`,
  );
});

test.each([".", ".."])("a member cannot be called %s, which no URL can name", (name) => {
  expect(() => resolve({ flags: { name } })).toThrow(/^name: .* not \. or \.\. alone$/);
  expect(isName(name)).toBe(false);
});

test("an API with a token and a certificate may leave loopback", () => {
  const files = { apiTokenFile: "token", apiCert: "cert.pem", apiKey: "key.pem" };
  const { api } = resolve({ flags: { api: "10.0.0.5:7373", ...files } });
  expect(api).toEqual({ host: "10.0.0.5", port: 7373 });
});

test("the path of a Unix socket is absolute, wherever a client will run", () => {
  expect(resolve({ flags: { api: "unix:api.sock" } }).api).toEqual({
    path: join(process.cwd(), "api.sock"),
  });
});
