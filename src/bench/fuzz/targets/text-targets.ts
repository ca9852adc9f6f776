import { readdirSync, readFileSync } from "node:fs";
import { ConfigError } from "../../../core/errors.ts";
import { packageFile } from "../../../daemon/program.ts";
import { checkSettingsFile } from "../../../daemon/settings/settings-file.ts";
import { parseScenario } from "../../../scenario/language/define-scenario.ts";
import { ScenarioError } from "../../../scenario/language/scenario-error.ts";
import { mutateText } from "../mutate-text.ts";
import { demand, type FuzzTarget } from "../target.ts";

const SETTINGS = [
  "name: n1\nbind: 127.0.0.1:7946\nadvertise: 10.0.0.1:7946\nprofile: lan\njoin:\n  - 10.0.0.1:7946\n  - seed.example:7946\n",
  "cluster: prod\napi: 127.0.0.1:8080\ndns: 127.0.0.1:8600\ntags:\n  zone: eu-1\n  rack: r7\nlog: json\nlogLevel: info\n",
  "service:\n  - web:8080\n  - name: api\n    port: 9000\n    check: http://:9000/health\n    tags: [v2, blue]\n    weight: 10\n",
  "probeIntervalMs: 500\nprobeTimeoutMs: 100\nphiSuspect: 8\nindirectProbes: 3\nallowFaults: true\ninsecure: true\n",
  "on:\n  - member-dead=/bin/true\nquery:\n  - uptime=uptime\ndataDir: /var/lib/hearsay\nkeyFile: /etc/hearsay/key\n",
];

const FILE_NAME = "settings.yaml";

/** Scenarios in YAML: one of them, or mistakes that each have a place in the text. */
export function createScenarioTarget(): FuzzTarget {
  return {
    name: "scenario",
    isRepeatable: true,
    seeds: () => shippedScenarios(),
    mutate: mutateText,
    attempt(input) {
      try {
        const { nodes, steps } = parseScenario(Buffer.from(input).toString("utf8"), null);
        demand(nodes.length > 0 && steps.length > 0, "a scenario has nodes and steps");
        return "a scenario";
      } catch (error) {
        if (!(error instanceof ScenarioError)) throw error;
        demand(error.issues.length > 0, "a refusal says what is wrong");
        for (const { message } of error.issues) checkLine(message);
        return `refused: ${error.issues.length === 1 ? shapeOf(error.issues[0]?.message) : "several"}`;
      }
    },
  };
}

/** Files of settings in YAML: settings, or mistakes of one line each. */
export function createSettingsTarget(): FuzzTarget {
  return {
    name: "settings",
    isRepeatable: true,
    seeds: () => SETTINGS.map(bytesOf),
    mutate: mutateText,
    attempt(input) {
      const text = Buffer.from(input).toString("utf8");
      const { mistakes } = checkSettingsFile(FILE_NAME, { env: {}, readFile: () => text });
      for (const mistake of mistakes) checkLine(mistake);
      // Keys and values come before the name of the file: with them nearly every input would be an outcome of its own.
      return mistakes.length === 0
        ? "settings"
        : `refused: ${shapeOf(mistakes[0]?.split(FILE_NAME).at(-1))}`;
    },
  };
}

/** @throws whatever is not meant for the operator; else the first words of it */
export function refusalForOperator(error: unknown): string {
  if (!(error instanceof ConfigError)) throw error;
  checkLine(error.message);
  return `refused: ${shapeOf(error.message)}`;
}

// What else a terminal must not be sent is made safe where text is printed.
function checkLine(message: string): void {
  demand(/^[^\r\n]+$/.test(message), `a message is one line: ${JSON.stringify(message)}`);
}

/** The first words of the message without what it quotes, such as the tag of a YAML value. */
function shapeOf(message = ""): string {
  return message
    .replaceAll(/"[^"]*"|\d+/g, "…")
    .split(" ")
    .filter((word) => /^[a-z…']+[:;,.]?$/i.test(word))
    .slice(0, 6)
    .join(" ");
}

function shippedScenarios(): Uint8Array[] {
  const folder = packageFile("scenarios/");
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .map((file) => Uint8Array.from(readFileSync(new URL(file, folder))));
}

/** UTF-8. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "utf8"));
}
