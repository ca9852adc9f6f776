import { readdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MembersBody } from "../../../src/control/api-types.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";
import { runHearsay } from "../run-hearsay.ts";
import { NO_TMUX, Terminal } from "./terminal.ts";

describe.skipIf(NO_TMUX !== undefined)(`a live demo (${NO_TMUX ?? "tmux"})`, () => {
  let stateDir: string;
  let terminal: Terminal;

  beforeEach(async () => {
    stateDir = temporaryDirectory();
    terminal = await Terminal.open(140, 40);
    await terminal.command("demo", "3", "--state-dir", stateDir);
    await terminal.untilSeen("3 alive of 3");
  }, 30_000);
  afterEach(async () => {
    await terminal.keys("q");
    await terminal.untilSeen("left with 0");
    await terminal.close();
  }, 20_000);

  const elsewhere = (...words: string[]) => runHearsay([...words, "--state-dir", stateDir]);
  const entries = () => readdirSync(stateDir).filter((file) => file.endsWith(".json"));

  test("is found from another terminal by the commands that find the daemons of up", async () => {
    const members = JSON.parse((await elsewhere("members", "--json")).stdout) as MembersBody;
    expect(members.members.map(({ name }) => name)).toEqual(["n1", "n2", "n3"]);
    expect(await terminal.screen()).toContain(`API ${members.members[0]?.api}`);
    const ps = await elsewhere("ps", "--json");
    expect(JSON.parse(ps.stdout).daemons).toHaveLength(3);
    const faults = await elsewhere("faults", "cut", "n1,n2", "n3");
    expect(faults.stderr).toContain("Faults at 3 of 3 members");
    const up = await elsewhere("up", "2");
    expect(up.exitCode).toBe(2);
    expect(up.stderr).toMatch(/^hearsay: up: n1 belongs to a running demo \(pid \d+\); end it/);
    const down = await elsewhere("down");
    expect(down.stdout).toBe("3 daemons ended: n1 n2 n3\n");
    expect(entries()).toEqual([]);
  }, 60_000);

  test("has keys that choose a side, cut its links one way or both ways, and heal them", async () => {
    await terminal.keys("G", "X");
    await terminal.untilSeen(/│◆n3 [\s\S]*\{n3\} \| \{n1 n2\}/);
    await terminal.keys("O");
    await terminal.untilSeen("cut: {n3} → {n1 n2} for 10m00s");
    expect((await elsewhere("faults")).stdout).toMatch(/n1 .* n3 → n1, n2 cut\n/);
    await terminal.keys("C");
    await terminal.untilSeen("cut: {n3} | {n1 n2} for 10m00s");
    await terminal.untilSeen("1 dead of 3");
    await terminal.keys("H");
    await terminal.untilSeen(/3 alive of 3[\s\S]*the links are healed/);
  }, 60_000);

  test("beside another one is not entered, and says how it is reached", async () => {
    const second = await Terminal.open(140, 40);
    await second.command("demo", "2", "--state-dir", stateDir);
    await second.untilSeen(
      /other terminals find it with --attach http:\S+ only \(n1 runs already\)/,
    );
    await second.keys("q");
    await second.untilSeen("left with 0");
    await second.close();
    expect(entries()).toHaveLength(3);
  }, 60_000);
});
