import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { FORMED_MS, localCluster } from "../local-cluster.ts";
import { NO_TMUX, Terminal } from "./terminal.ts";

const NAMES = ["n1", "n2", "n3", "n4", "n5"];
const SIZES = [
  [60, 20],
  [80, 24],
  [100, 30],
  [140, 40],
] as const;

/** The line of a member in the table. */
const rowOf = (screen: string, name: string) =>
  screen.split("\n").find((line) => new RegExp(`^│[▸* ]${name} `).test(line)) ?? "";

describe.skipIf(NO_TMUX !== undefined)(`in a real terminal (${NO_TMUX ?? "tmux"})`, () => {
  const cluster = localCluster(NAMES);
  let terminal: Terminal;
  let url = "";

  beforeAll(async () => {
    await cluster.form(FORMED_MS);
    url = `http://${cluster.daemon("n1").api}`;
  }, 40_000);
  afterAll(() => cluster.close());
  afterEach(() => terminal.close());

  async function attach(columns: number, rows: number, ...words: string[]): Promise<void> {
    terminal = await Terminal.open(columns, rows);
    await terminal.command("dashboard", "--attach", url, ...words);
    await terminal.untilSeen("5 alive of 5");
  }

  test("a selected row opens its detail, a filter picks rows, and quitting leaves the terminal as it was", async () => {
    await attach(140, 40);
    expect(await terminal.state()).toEqual({ cursor: false, alternate: true });
    await terminal.keys("j", "j");
    await terminal.untilSeen((screen) => screen.includes("│▸n3 ") && screen.includes("╭─ n3  "));
    await terminal.keys("Escape");
    await terminal.untilSeen((screen) => !screen.includes("╭─ n3  "));
    await terminal.keys("Enter");
    await terminal.untilSeen("╭─ n3  ");
    await terminal.keys("/", "n", "4", "Enter");
    const filtered = await terminal.untilSeen("1-1 of 1");
    expect(rowOf(filtered, "n4")).toContain("● alive");
    expect(rowOf(filtered, "n2")).toBe("");
    await terminal.keys("q");
    await terminal.untilSeen("left with 0");
    expect(await terminal.state()).toEqual({ cursor: true, alternate: false });
    await terminal.type("stty -a | grep -ow -- '-*echo'");
    await terminal.untilSeen(/^echo$/m);
  });

  test("a killed node turns dead, and alive again when it is started", async () => {
    await attach(100, 30);
    await cluster.end(["n5"], "kill");
    const dead = await terminal.untilSeen((screen) => rowOf(screen, "n5").includes("✗ dead"));
    expect(dead).toContain("DEGRADED");
    await terminal.untilSeen("n5 crashed: the process ended");
    await cluster.startOne("n5");
    await terminal.untilSeen((screen) => rowOf(screen, "n5").includes("● alive"));
  }, 30_000);

  test("phi of a frozen node climbs while it is suspect, never dead, and back it comes", async () => {
    await attach(100, 30);
    let isDead = false;
    const seePhi = (screen: string) => {
      const row = rowOf(screen, "n4");
      isDead ||= row.includes("✗ dead");
      // By far more than what would be a death by silence alone.
      return isDead || Number(/◐ frozen \S+(?: m?s)? +>?(\d[\d.]*) /.exec(row)?.[1] ?? 0) > 1000;
    };
    await cluster.pause(["n4"]);
    await terminal.untilSeen(seePhi);
    expect(isDead).toBe(false);
    await cluster.resume(["n4"]);
    await terminal.untilSeen((screen) => rowOf(screen, "n4").includes("● alive"));
  }, 30_000);

  test("one direction of one link, cut, is told as a one-way loss", async () => {
    await attach(140, 40);
    await cluster.breakLinks([{ from: ["n2"], to: ["n3"], drop: 1 }]);
    await terminal.untilSeen("! one-way loss from n2 to n3 ");
    await cluster.healLinks();
    await terminal.untilSeen((screen) => !screen.includes("one-way loss"));
  }, 40_000);

  test("at every size, also after resizing, the frame fills the screen and is whole", async () => {
    await attach(80, 24);
    for (const [columns, rows] of [...SIZES, ...[...SIZES].reverse()]) {
      await terminal.resize(columns, rows);
      const screen = await terminal.untilSeen((seen) => isWhole(seen, columns, rows));
      expect(screen.split("\n")).toHaveLength(rows);
    }
    await terminal.resize(39, 12);
    await terminal.untilSeen("hearsay needs 40x10, this is 39x12");
  }, 30_000);

  test("when the attached node stalls a banner says so and the last picture stays; a digit attaches elsewhere", async () => {
    await attach(80, 24);
    await cluster.pause(["n1"]);
    const lost = await terminal.untilSeen("n1 has not answered");
    expect(lost).toContain("NO ANSWER");
    expect(rowOf(lost, "n3")).toContain("● alive");
    await terminal.keys("2");
    await terminal.untilSeen(
      (screen) => /hearsay ▸ n2 /.test(screen) && rowOf(screen, "n1") !== "",
    );
    await cluster.resume(["n1"]);
    await terminal.untilSeen("5 alive of 5");
    await terminal.keys("1");
    await terminal.untilSeen(/hearsay ▸ n1 .*HEALTHY/);
  }, 40_000);

  test("SIGTERM leaves the terminal as it was", async () => {
    await attach(80, 24);
    process.kill(await terminal.programPid(), "SIGTERM");
    await terminal.untilSeen("left with 0");
    expect(await terminal.state()).toEqual({ cursor: true, alternate: false });
    await terminal.type("stty -a | grep -ow -- '-*echo'");
    await terminal.untilSeen(/^echo$/m);
  });
});

/** Both ends of every line of every pane are there, and the key bar is the last line. */
function isWhole(screen: string, columns: number, rows: number): boolean {
  const lines = screen.split("\n");
  const body = lines.slice(2, rows - 1);
  return (
    lines.length === rows &&
    (lines.at(-1) ?? "").includes("q quit") &&
    body.every((line) => line.length === columns && /^[╭│╰].*[╮│╯]$/.test(line))
  );
}
