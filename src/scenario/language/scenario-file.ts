import { readFileSync, statSync } from "node:fs";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigError } from "../../core/errors.ts";
import { parseScenario } from "./define-scenario.ts";
import type { Scenario } from "./scenario.ts";

/** Far more than any scenario; a larger file is not one. */
const FILE_BYTES_MAX = 1024 * 1024;

/** Files that are programs: they are run to get their scenario. */
const MODULES: ReadonlySet<string> = new Set([".js", ".mjs", ".ts", ".mts"]);

/** A scenario and where it came from. */
export interface ScenarioFile {
  /** As it was given. */
  readonly file: string;
  readonly scenario: Scenario;
}

/**
 * The scenario in a file: YAML, or a module whose default export is one.
 *
 * @throws ConfigError when it cannot be read, ScenarioError with all that is wrong with it
 */
export async function readScenarioFile(file: string): Promise<ScenarioFile> {
  checkFile(file);
  const isModule = MODULES.has(extname(file));
  const scenario = isModule
    ? await importScenario(file)
    : parseScenario(readFileSync(file, "utf8"), file);
  return { file, scenario };
}

async function importScenario(file: string): Promise<Scenario> {
  const loaded = (await import(pathToFileURL(resolve(file)).href)) as {
    readonly default?: unknown;
  };
  const scenario = loaded.default as Partial<Scenario> | undefined;
  // A bare source has steps, too, but no limit in milliseconds: `defineScenario` sets it.
  if (!Array.isArray(scenario?.steps) || typeof scenario.limitMs !== "number") {
    throw new ConfigError(
      `${file}: its default export is not a scenario; export defineScenario({ … })`,
    );
  }
  return scenario as Scenario;
}

function checkFile(file: string): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  const why =
    stats === undefined
      ? "there is no such file"
      : !stats.isFile()
        ? "it is not a file"
        : stats.size > FILE_BYTES_MAX
          ? `it is larger than a scenario may be (${FILE_BYTES_MAX} bytes)`
          : undefined;
  if (why !== undefined) {
    throw new ConfigError(
      `${file}: ${why}; name a scenario such as scenarios/crash-one.yaml, or a file of settings`,
    );
  }
}

/** What a file says that is a scenario; every other one is a file of settings. */
const SCENARIO_WORD = /^\s*"?(steps|nodes|thresholds|always)"?\s*:/m;

/** Whether the file holds a scenario, rather than settings. @throws ConfigError when it cannot be read */
export function isScenarioFile(file: string): boolean {
  checkFile(file);
  return MODULES.has(extname(file)) || SCENARIO_WORD.test(readFileSync(file, "utf8"));
}
