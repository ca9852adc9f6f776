import { expect, test } from "vitest";
import { PROFILES } from "../../src/core/config.ts";
import { settingsManual } from "../../src/daemon/settings/settings-manual.ts";

test("every parameter of the protocol is explained with its value in each profile, as it is", () => {
  const { profile: _, ...parameters } = PROFILES.lan;
  const explained = settingsManual().filter(({ profiles }) => profiles !== null);
  expect(explained.map(({ name }) => name).sort()).toEqual(Object.keys(parameters).sort());
  const graceMs = explained.find(({ name }) => name === "graceMs");
  expect(graceMs?.profiles).toEqual({
    local: PROFILES.local.graceMs,
    lan: PROFILES.lan.graceMs,
    wan: PROFILES.wan.graceMs,
  });
});

test("a setting of a few words names them", () => {
  const worded = settingsManual().filter(({ choices }) => choices !== null);
  expect(worded.map(({ name }) => name)).toEqual([
    "profile",
    "gossipEncryption",
    "log",
    "logLevel",
  ]);
  for (const { choices, summary } of worded) {
    for (const word of choices ?? []) expect(summary).toContain(word);
  }
});
