import { fileURLToPath } from "node:url";
import { buildCommit, packageRoot, packageVersion } from "../daemon/version.ts";
import { openStateDirectory, stateDirectoryPath } from "./state-directory.ts";

/** This copy of hearsay, what it runs on, and what it finds on this machine. */
export interface Installation {
  readonly version: string;
  /** `unknown` where it was not built from a clone. */
  readonly commit: string;
  readonly node: string;
  readonly platform: string;
  /** The file that runs. */
  readonly program: string;
  /** The folder of the package, with docs and scenarios. */
  readonly package: string;
  readonly stateDirectory: string;
  /** Names of the background daemons that run. */
  readonly daemons: readonly string[];
  /** The names, without values, of the variables under HEARSAY_ that are set. */
  readonly environment: readonly string[];
}

/** Looks at this installation. @throws ConfigError for a state directory that cannot be read */
export function describeInstallation(
  stateDir: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Installation {
  const stateDirectory = stateDirectoryPath(stateDir, env);
  const root = packageRoot();
  return {
    version: packageVersion(),
    commit: buildCommit(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    program: process.argv[1] ?? "",
    package: root === undefined ? "unknown" : fileURLToPath(root),
    stateDirectory,
    daemons: openStateDirectory(stateDirectory)
      .running()
      .map(({ name }) => name),
    environment: Object.keys(env)
      .filter((name) => name.startsWith("HEARSAY_"))
      .sort(),
  };
}

/** The same as lines of label and text. */
export function formatInstallation(found: Installation): [label: string, text: string][] {
  const listed = (names: readonly string[]) => (names.length === 0 ? "none" : names.join(" "));
  return [
    ["version", `${found.version} (commit ${found.commit})`],
    ["node", `${found.node}, ${found.platform}`],
    ["program", found.program],
    ["package", found.package],
    ["state", `${found.stateDirectory} (background daemons: ${listed(found.daemons)})`],
    ["environment", listed(found.environment)],
  ];
}
