import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { boundAddressesOf, messageOf, parseLogLine } from "../../../cluster/process/log-line.ts";
import { readPoolKeys } from "../../../daemon/guest/pool-key-file.ts";
import { SavedState } from "../../../daemon/storage/saved-state.ts";
import { readKeyFile } from "../../../keys/key-file.ts";
import { openStateDirectory } from "../../../local/state-directory.ts";
import { mutateText } from "../mutate-text.ts";
import { demand, type FuzzTarget } from "../target.ts";
import { bytesOf, refusalForOperator } from "./text-targets.ts";

const SEEDS = [
  { v: 1, incarnation: 1764500000 },
  {
    ...{ v: 1, name: "n1", cluster: "hearsay" },
    peers: [
      { name: "n2", address: "127.0.0.1:7946", metS: 1764500000 },
      { name: "n3", address: "[fd00::3]:7946", metS: 0 },
    ],
  },
  {
    ...{ v: 1, name: "n1", pid: 4711, processStart: "1", address: "127.0.0.1:7946" },
    ...{ api: "127.0.0.1:8080", profile: "lan", startedAt: "2026-11-30T00:00:00Z", log: "/n1.log" },
  },
  {
    ...{ level: "info", time: "2026-11-30T00:00:00.000Z", event: "ready", message: "ready" },
    ...{ address: "127.0.0.1:7946", api: "127.0.0.1:8080", dns: "127.0.0.1:8600" },
  },
];
const KEYS = ["A", "B"].map((letter) => `${letter.repeat(42)}A=`);

/**
 * What a program reads again that it, or somebody, wrote on a disk: the incarnation and the peers of a data directory,
 * entries of a state directory, key files, recorded lines of a log. Each input is read as all of them.
 */
export function createFilesTarget(): FuzzTarget {
  const directory = mkdtempSync(join(tmpdir(), "hearsay-fuzz-"));
  const path = (name: string) => join(directory, name);
  const keyFile = path("keys");
  writeFileSync(keyFile, "", { mode: 0o600 });
  chmodSync(keyFile, 0o600);
  const state = openStateDirectory(directory);
  return {
    name: "files",
    isRepeatable: true,
    seeds: () => [
      ...SEEDS.map((value) => bytesOf(`${JSON.stringify(value)}\n`)),
      bytesOf(`# keys\n${KEYS.join("\n")}\n`),
      bytesOf(JSON.stringify(KEYS)),
    ],
    mutate: mutateText,
    attempt(input) {
      for (const name of ["incarnation.json", "peers.json", "keys"])
        writeFileSync(path(name), input);
      const warnings: string[] = [];
      const saved = new SavedState(directory, { name: "n1", cluster: "hearsay" }, (warning) =>
        warnings.push(warning),
      );
      const peers = saved.loadPeers();
      demand(
        peers.every(({ port }) => port > 0 && port < 65_536),
        "a peer has a port",
      );
      const text = Buffer.from(input).toString("utf8");
      const line = parseLogLine(text);
      messageOf(text);
      const found = [
        ...(peers.length > 0 ? ["peers"] : []),
        ...(line === undefined ? [] : ["line"]),
        ...(line !== undefined && boundAddressesOf(line) !== undefined ? ["addresses"] : []),
        attemptFile("keys", () => readKeyFile(keyFile)),
        attemptFile("pool keys", () => readPoolKeys(keyFile)),
        attemptFile("entries", () => state.entries()),
        ...(warnings.length > 0 ? ["warned"] : []),
      ];
      return found.join(", ");
    },
    close: async () => rmSync(directory, { recursive: true, force: true }),
  };
}

function attemptFile(what: string, read: () => unknown): string {
  try {
    read();
    return what;
  } catch (error) {
    return `${what} ${refusalForOperator(error)}`;
  }
}
