import { expect, test } from "vitest";
import { checkSettingsFile } from "../../src/daemon/settings/settings-file.ts";

const check = (text: string, env: Record<string, string> = {}) =>
  checkSettingsFile("node.yaml", { env, readFile: () => text }).mistakes;

test("every wrong value and unknown name of a file is told, each in a line of its own", () => {
  expect(check("graceMs: abc\nprobeIntervlMs: 2\nprofile: fast\nname: a\n")).toEqual([
    'graceMs: "abc" (from graceMs in node.yaml) must be a whole number of ms from 0 to 600000',
    "probeIntervlMs in node.yaml: no such setting (did you mean probeIntervalMs?); remove or correct it",
    'profile: "fast" (from profile in node.yaml) must be local, lan or wan',
  ]);
});

test("values that are right alone and do not fit together are a mistake", () => {
  expect(check("refusalGraceMs: 5000\n")).toEqual([
    expect.stringMatching(/^refusalGraceMs: 5000 is longer than graceMs \(2400\)/),
  ]);
  expect(check("bind: 10.0.0.1:7946\n")).toEqual([
    expect.stringMatching(/^bind: .*keyFile|^bind: .*key-file/),
  ]);
});

test("the environment counts as it does at the start", () => {
  expect(check("bind: 10.0.0.1:7946\n", { HEARSAY_INSECURE: "true" })).toEqual([]);
  expect(check("name: a\n", { HEARSAY_PROFIL: "lan" })).toEqual([
    expect.stringMatching(/did you mean HEARSAY_PROFILE/),
  ]);
});

test("a key file that is not there is a mistake, and a file without one is fine", () => {
  expect(check("keyFile: /nowhere/cluster.key\n")).toEqual([expect.stringMatching(/nowhere/)]);
  expect(check("name: a\n")).toEqual([]);
  expect(check("")).toEqual([]);
});
