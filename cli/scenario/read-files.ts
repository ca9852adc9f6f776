import { readFileSync } from "node:fs";
import { ConfigError } from "../../src/core/errors.ts";
import { parseScenario } from "../../src/scenario/language/define-scenario.ts";
import type { Scenario } from "../../src/scenario/language/scenario.ts";

/** Far more than any scenario; a larger file is not one. */
const FILE_BYTES_MAX = 1024 * 1024;

export interface ScenarioFile {
  /** As it was given. */
  readonly file: string;
  readonly scenario: Scenario;
}

/**
 * The scenario in a file.
 *
 * @throws ConfigError when it cannot be read, ScenarioError with all that is wrong with it
 */
export function readScenarioFile(file: string): ScenarioFile {
  return { file, scenario: parseScenario(readText(file), file) };
}

function readText(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === "ENOENT"
        ? "there is no such file"
        : code === "EISDIR"
          ? "it is a directory"
          : message;
    throw new ConfigError(`${file}: ${why}; name a scenario such as scenarios/crash-one.yaml`);
  }
  if (text.length > FILE_BYTES_MAX) {
    throw new ConfigError(`${file}: too large to be a scenario (${FILE_BYTES_MAX} bytes at most)`);
  }
  return text;
}
