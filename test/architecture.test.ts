import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");

/** The vocabulary of the core: types, the order of names, and the one-line functions that belong to them. */
const VOCABULARY = ["src/core/member.ts", "src/core/name-order.ts", "src/core/errors.ts"];

/** Faults as data: what the simulator and a daemon's fault gate both understand. */
const LINK_RULES = "src/transport/link-rules.ts";

/** How settings are checked, misspelt words guessed and events told: the same for daemons and scenarios. */
const SHARED_WITH_OPERATORS = [
  "src/text",
  "src/daemon/settings/schemas.ts",
  "src/daemon/settings/nearest-name.ts",
  "src/events",
];

/** What discovery answers, and what a service is: scenarios have consumers in virtual time, too. */
const DISCOVERY_ANSWERS = [
  "src/discovery/directory",
  "src/discovery/registrations/definition-schema.ts",
  "src/discovery/registrations/service-definition.ts",
];

/** What a trial of the detectors is made of: virtual time, and chance from a seed. */
const SIMULATED_TRIALS = ["baselines", "candidates", "trials", "workloads"].map(
  (folder) => `src/bench/detector/${folder}`,
);

interface Layer {
  readonly imports: readonly string[];
  readonly types?: readonly string[];
  readonly packages: readonly string[];
}

/** The layer table: what each folder may import, and of which folders it may use types only. */
const LAYERS: Readonly<Record<string, Layer>> = {
  "src/core": { imports: ["src/core"], packages: [] },
  "src/wire": { imports: ["src/wire", "src/core"], packages: ["msgpackr"] },
  "src/host": { imports: ["src/host", "src/core", "src/wire"], packages: [] },
  "src/transport": {
    imports: ["src/transport", "src/core", "src/host/ports.ts", "src/host/wire-rules.ts"],
    types: ["src/wire/hello.ts"],
    packages: ["dgram-as-promised", "node:"],
  },
  "src/sim": {
    imports: ["src/sim", "src/host", "src/wire", "src/core", LINK_RULES],
    packages: [],
  },
  "src/discovery": {
    imports: ["src/discovery", ...VOCABULARY],
    types: ["src/core"],
    packages: ["dns-packet", "zod", "node:"],
  },
  "src/control": {
    imports: ["src/control", "src/text", LINK_RULES, ...VOCABULARY],
    types: ["src/core", "src/host", "src/discovery"],
    packages: ["hono", "@hono/node-server", "zod", "node:"],
  },
  // The only code that holds secrets: key files, and what datagrams are sealed with.
  "src/keys": {
    imports: ["src/keys", "src/files", "src/wire", ...VOCABULARY],
    packages: ["node:"],
  },
  // Text for people: tables, quantities, and what is made safe for a terminal.
  "src/text": { imports: ["src/text"], types: ["src/core"], packages: ["node:"] },
  // All that is said of an event beside its type: level, fields, text.
  "src/events": {
    imports: ["src/events", "src/text", ...VOCABULARY],
    types: ["src/core", "src/control"],
    packages: [],
  },
  "src/files": { imports: ["src/files"], packages: ["node:"] },
  // Pools of another engine, memberlist's: its bytes; a pure watcher of one; its sockets.
  "src/pool/wire": {
    imports: ["src/pool/wire", "src/wire/ip-address.ts", "src/core/primitives", ...VOCABULARY],
    packages: ["node:crypto", "node:zlib"],
  },
  "src/pool/core": {
    imports: ["src/pool/core", "src/core"],
    types: ["src/pool/wire/messages.ts"],
    packages: [],
  },
  "src/pool/host": {
    imports: ["src/pool", "src/transport", "src/host", "src/core"],
    packages: ["node:"],
  },
  // What a reader learns of a cluster through one node: who sees what, how phi went, who knew when. No screen.
  "src/viewing": {
    imports: ["src/viewing", "src/text", "src/core/primitives/normal-tail.ts", ...VOCABULARY],
    types: ["src/core", "src/control"],
    packages: [],
  },
  "src/daemon": {
    imports: [
      ...["src/daemon", "src/control", "src/discovery", "src/events", "src/text", "src/pool"],
      ...["src/transport", "src/host", "src/wire", "src/keys", "src/files", "src/core"],
    ],
    packages: ["pino", "yaml", "zod", "node:"],
  },
  // Knows no scenario and no consumer: both stand on it.
  "src/cluster": {
    imports: [
      ...["src/cluster", "src/text"],
      "src/control/client.ts",
      "src/sim",
      LINK_RULES,
      "src/core",
      ...DISCOVERY_ANSWERS,
    ],
    types: ["src/control"],
    packages: ["node:"],
  },
  "src/scenario": {
    imports: [
      "src/scenario",
      "src/cluster",
      LINK_RULES,
      "src/core",
      // What a member's record can carry.
      "src/wire/record/advertised.ts",
      ...DISCOVERY_ANSWERS,
      ...SHARED_WITH_OPERATORS,
    ],
    types: ["src/control"],
    packages: ["yaml", "zod", "node:"],
  },
  // Measures all the others, and fuzzes readers of foreign bytes. What its trials simulate is as deterministic as the simulator.
  ...layerEach(SIMULATED_TRIALS, {
    imports: [
      ...["src/bench/detector", "src/sim", "src/host", "src/wire", "src/core"],
      // memberlist's timer: of the baseline, and of a watched pool.
      "src/pool/core/pool-timer.ts",
    ],
    packages: [],
  }),
  "src/bench": {
    imports: [
      ...["src/bench", "src/text", "src/daemon", "src/control", "src/cluster", "src/sim"],
      ...["src/transport", "src/keys", "src/files", "src/wire", "src/core"],
      ...["src/discovery", "src/pool/wire", "src/scenario/language", "src/local"],
    ],
    types: ["src/host"],
    packages: ["fast-check", "dns-packet", "node:"],
  },
  "src/embedding": {
    imports: ["src/embedding", "src/daemon", "src/control", ...VOCABULARY],
    types: ["src/core", "src/discovery"],
    packages: ["node:"],
  },
  "src/index.ts": {
    imports: ["src/embedding", "src/control", ...VOCABULARY],
    types: ["src/daemon"],
    packages: [],
  },
  // Files filled from what a node says.
  "src/template": {
    imports: [
      ...["src/template", "src/text", "src/control", "src/files"],
      ...["src/daemon/messaging/bounded-command.ts", ...VOCABULARY],
    ],
    packages: ["liquidjs", "node:"],
  },
  "cli/dashboard": {
    imports: [
      ...["cli/dashboard", "src/control/client.ts", "src/control/shown-states.ts"],
      ...VOCABULARY,
      // Words and arithmetic without data of their own.
      "cli/format",
      "src/text",
      "src/events",
      "src/viewing",
    ],
    types: ["src/core", "src/control", "cli/output.ts"],
    packages: ["ink", "react", "string-width", "node:"],
  },
  // What is wrong around a node: what it and others say, and what can be tried from its address.
  "src/doctor": {
    imports: [
      ...["src/doctor", "src/control/client.ts", "src/transport/knock.ts"],
      ...["src/daemon/settings/host-port.ts", ...VOCABULARY],
    ],
    types: ["src/control"],
    packages: ["node:"],
  },
  // What may stand at the cursor of a shell.
  "src/completion": { imports: ["src/completion", ...VOCABULARY], packages: [] },
  // The daemons of this machine that a state directory remembers.
  "src/local": {
    imports: [
      ...["src/local", "src/cluster/process", "src/daemon/storage", "src/daemon/version.ts"],
      ...["src/daemon/settings/sources.ts", "src/text", "src/files"],
      ...VOCABULARY,
    ],
    packages: ["node:"],
  },
  cli: {
    imports: [
      ...["cli", "src/text", "src/events", "src/daemon", "src/control", "src/keys"],
      ...["src/cluster", "src/scenario", "src/sim", "src/bench", "src/local", "src/template"],
      ...["src/completion", "src/doctor", "src/files"],
      ...VOCABULARY,
    ],
    types: ["src/core"],
    packages: ["yargs", "node:"],
  },
};

// The layers of the core, the lowest first. A file may import from its own layer and from those
// below it. `src/core` stands for the files directly in it: the vocabulary that all layers share.
const CORE_LAYERS = [
  "src/core/primitives",
  "src/core",
  "src/core/membership",
  "src/core/observing",
  "src/core/sending",
  "src/core/exchange",
  "src/core/identity",
  "src/core/detection",
  "src/core/suspicion",
  "src/core/messaging",
  "src/core/node",
];

interface Import {
  readonly file: string;
  readonly target: string;
  readonly isType: boolean;
  readonly isLazy: boolean;
}

const IMPORT =
  /(?:^|\n)\s*(import|export)(\s+type)?\s[^;]*?from\s+"([^"]+)"|(?:^|[^.\w])import\(\s*"([^"]+)"\s*\)|(?:^|\n)import\s+"([^"]+)"/g;

test("every import keeps to the layer table", () => {
  expect(importsOf("src", "cli").length, "imports found at all").toBeGreaterThan(200);
  const broken = importsOf("src", "cli").filter((found) => !isAllowed(found));
  expect(broken.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
});

test("no file of the core imports from a layer above its own", () => {
  const layerIndex = (file: string): number => CORE_LAYERS.indexOf(dirname(file));
  expect(filesBelow("src/core").filter((file) => layerIndex(file) < 0)).toEqual([]);
  const upward = importsOf("src/core").filter(
    ({ file, target }) => layerIndex(file) < layerIndex(target),
  );
  expect(upward.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
});

test("one file knows the datagram package", () => {
  const knowing = importsOf("src", "cli").filter(({ target }) => target === "dgram-as-promised");
  expect(new Set(knowing.map(({ file }) => file)).size).toBe(1);
});

test("every source file belongs to a layer", () => {
  const homeless = filesBelow("src", "cli").filter((file) => layerOf(file) === undefined);
  expect(homeless).toEqual([]);
});

test("time and chance are given, not taken, in the deterministic layers", () => {
  const taking = /Math\.random|Date\.now|new Date\b|performance\.|setTimeout|setInterval|\bawait\b/;
  const found = filesBelow(
    ...["src/core", "src/wire", "src/host", "src/sim", "src/pool/core", "src/pool/wire"],
    ...SIMULATED_TRIALS,
  ).filter((file) => taking.test(code(file)));
  expect(found).toEqual([]);
});

test("a file of the program has at most 300 lines, a test at most 400", () => {
  const longer = (max: number, ...folders: string[]): string[] =>
    filesBelow(...folders).filter((file) => lines(file) > max);
  expect([...longer(300, "src", "cli"), ...longer(400, "test")]).toEqual([]);
});

test("private members have one dialect: the keyword `private`, and no `#`", () => {
  const hash = /^\s+(?:(?:static|readonly|async|get|set) )*#[a-z]\w*[!?]?\s*[(:=;<]/im;
  const found = filesBelow("src", "cli", "test").filter((file) => hash.test(code(file)));
  expect(found).toEqual([]);
});

test("no folder or file is named after having no name", () => {
  const vague = /(^|\/)(utils?|helpers?|common|misc)(\.|\/|$)/;
  expect(filesBelow("src", "cli", "test").filter((file) => vague.test(file))).toEqual([]);
});

test("the daemon's import graph holds neither a terminal UI nor the command line parser", () => {
  const seen = loadedBy("src/daemon/daemon.ts", () => true);
  const packages = [...seen].filter((target) => /^(ink|react|yargs)/.test(target));
  expect(packages).toEqual([]);
});

test("ink and react are loaded by the dashboard alone, and the dashboard only when it is wanted", () => {
  const drawing = importsOf("src", "cli").filter(({ target }) => /^(ink|react)\b/.test(target));
  expect(drawing.length).toBeGreaterThan(0);
  expect(drawing.filter(({ file }) => !file.startsWith("cli/dashboard/"))).toEqual([]);
  const main = atOnceFrom("cli/command-line.ts");
  expect([...main].filter((target) => /^(ink|react)\b/.test(target))).toEqual([]);
});

test("the benchmarks are loaded only when one is asked for", () => {
  const main = atOnceFrom("cli/command-line.ts");
  expect([...main].filter((target) => target.startsWith("src/bench/"))).toEqual([]);
});

test("the entry of the command loads no package before it knows that it has to", () => {
  const packages = [...atOnceFrom("cli/main.ts")].filter(
    (target) => !/^(node:|src|cli)/.test(target),
  );
  expect(packages).toEqual([]);
});

function layerEach(folders: readonly string[], layer: Layer): Record<string, Layer> {
  return Object.fromEntries(folders.map((folder) => [folder, layer]));
}

function isAllowed({ file, target, isType }: Import): boolean {
  const layer = LAYERS[layerOf(file) ?? ""];
  if (layer === undefined) return false;
  if (!target.startsWith("src") && !target.startsWith("cli")) {
    return layer.packages.some((name) => target === name || target.startsWith(prefix(name)));
  }
  const within = (place: string): boolean => target === place || target.startsWith(`${place}/`);
  return layer.imports.some(within) || (isType && (layer.types ?? []).some(within));
}

function prefix(packageName: string): string {
  return packageName.endsWith(":") ? packageName : `${packageName}/`;
}

function layerOf(file: string): string | undefined {
  return Object.keys(LAYERS).find((layer) => file === layer || file.startsWith(`${layer}/`));
}

function importsOf(...folders: string[]): Import[] {
  return filesBelow(...folders).flatMap(importsIn);
}

function importsIn(file: string): Import[] {
  const found: Import[] = [];
  for (const match of code(file).matchAll(IMPORT)) {
    const specifier = match[3] ?? match[4] ?? match[5] ?? "";
    const target = specifier.startsWith(".")
      ? relative(ROOT, resolve(ROOT, dirname(file), specifier))
      : specifier;
    found.push({ file, target, isType: match[2] !== undefined, isLazy: match[4] !== undefined });
  }
  return found;
}

/** Everything that `entry` loads by imports of that kind, and what those load. */
function loadedBy(entry: string, counts: (found: Import) => boolean): Set<string> {
  const seen = new Set<string>();
  const queue = [entry];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    if (!/\.tsx?$/.test(file)) continue;
    const found = importsIn(file).filter((each) => !each.isType && counts(each));
    queue.push(...found.map(({ target }) => target));
  }
  return seen;
}

/** Everything that `entry` loads before its first line runs. */
const atOnceFrom = (entry: string) => loadedBy(entry, ({ isLazy }) => !isLazy);

function filesBelow(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name) && !name.endsWith(".d.ts"))
      .map((name) => join(folder, name)),
  );
}

/** The file's text without its comments. */
function code(file: string): string {
  return readFileSync(join(ROOT, file), "utf8").replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/[^\n]*/g, "$1");
}

function lines(file: string): number {
  return readFileSync(join(ROOT, file), "utf8").trimEnd().split("\n").length;
}
