import { expect, test } from "vitest";
import { suggestOption } from "../../src/daemon/settings/nearest-name.ts";

const help = `hearsay start

Options:
      --bind      Where gossip is received [127.0.0.1:7946]; see --advertise
      --no-wires  Without TCP                                          [boolean]
      --log-level Least important line that is logged [info]           [string]`;

test.each([
  [
    ["--bnd", "x"],
    "Unknown argument: bnd (help)",
    "Unknown argument: bnd. Did you mean --bind? (help)",
  ],
  [
    ["--loglevel", "warn"],
    "Unknown argument: loglevel (help)",
    "Unknown argument: loglevel. Did you mean --log-level? (help)",
  ],
  [
    ["--no-wirez"],
    "Unknown argument: wirez (help)",
    "Unknown argument: no-wirez. Did you mean --no-wires? (help)",
  ],
  [["--zzzzzz"], "Unknown argument: zzzzzz (help)", "Unknown argument: zzzzzz (help)"],
  [["start"], "Not enough arguments", "Not enough arguments"],
])("%j: the option that was meant is named, where one is close", (words, complaint, told) => {
  expect(suggestOption(complaint, { help, words })).toBe(told);
});
