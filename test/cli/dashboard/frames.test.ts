import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FIRST_UI, type UiState } from "../../../cli/dashboard/keys/ui-state.ts";
import { composeScene } from "../../../cli/dashboard/model/scene.ts";
import { renderFrame } from "../../../cli/dashboard/render-frame.tsx";
import { cellsOf } from "../../../cli/dashboard/theme/cells.ts";
import { chooseTheme, type Palette } from "../../../cli/dashboard/theme/theme.ts";
import type { PathReport } from "../../../src/core/snapshot.ts";
import { type DashboardState, updateState } from "../../../src/viewing/watched-state.ts";
import { explanation, member, NOW_MS, troubledPicture } from "./states.ts";

const zone = process.env.TZ;
beforeAll(() => {
  process.env.TZ = "UTC";
});
afterAll(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

const SIZES = [
  [60, 20],
  [80, 24],
  [100, 30],
  [140, 40],
] as const;

interface FrameFacts {
  readonly columns: number;
  readonly rows: number;
  readonly peers: number;
  readonly state?: DashboardState;
  readonly ui?: Partial<UiState>;
  readonly palette?: Palette;
  readonly ascii?: boolean;
}

function frame(facts: FrameFacts) {
  const { columns, rows, peers, ui = {}, palette = "plain", ascii = false } = facts;
  const scene = composeScene({
    state: facts.state ?? troubledPicture(peers),
    ui: { ...FIRST_UI, ...ui },
    size: { columns, rows },
    nowMs: NOW_MS,
  });
  return renderFrame(scene, chooseTheme({ color: palette === "color", ascii }, palette));
}

const WITH_DETAIL = { isDetailOpen: true, focus: "detail", selected: "n3" } as const;
const WITH_HELP = { isHelpOpen: true };

describe.each(SIZES)("a frame at %i×%i", (columns, rows) => {
  test.each<[string, Omit<FrameFacts, "columns" | "rows">]>([
    ...[2, 5, 30, 200].map((peers): [string, { peers: number }] => [
      `of ${peers} peers`,
      { peers },
    ]),
    ["with the detail of a suspect", { peers: 5, ui: WITH_DETAIL }],
    ["with the help", { peers: 5, ui: WITH_HELP }],
  ])("%s has the terminal's rows, and no line is too long", (_, facts) => {
    const lines = frame({ columns, rows, ...facts });
    expect(lines).toHaveLength(rows);
    expect(lines.filter((line) => cellsOf(line) > columns)).toEqual([]);
  });

  test("in ASCII is nothing but ASCII", () => {
    const lines = frame({ columns, rows, peers: 5, ascii: true });
    expect(lines.join("\n")).toMatch(/^[\x20-\x7e\n]*$/);
  });
});

// All at the size of most terminals, and of the others where there is little room and where there is much.
test.each<[string, FrameFacts]>([
  ...[2, 5, 30, 200].map((peers): [string, FrameFacts] => {
    return [`${peers} peers at 80×24`, { columns: 80, rows: 24, peers }];
  }),
  ["5 peers in ASCII at 80×24", { columns: 80, rows: 24, peers: 5, ascii: true }],
  ["the detail of a suspect at 80×24", { columns: 80, rows: 24, peers: 5, ui: WITH_DETAIL }],
  ["the help at 80×24", { columns: 80, rows: 24, peers: 5, ui: WITH_HELP }],
  ["200 peers at 60×20", { columns: 60, rows: 20, peers: 200 }],
  ["the detail of a suspect at 60×20", { columns: 60, rows: 20, peers: 5, ui: WITH_DETAIL }],
  ["30 peers at 100×30", { columns: 100, rows: 30, peers: 30 }],
  ["5 peers in ASCII at 100×30", { columns: 100, rows: 30, peers: 5, ascii: true }],
  ["2 peers at 140×40", { columns: 140, rows: 40, peers: 2 }],
  ["the detail of a suspect at 140×40", { columns: 140, rows: 40, peers: 5, ui: WITH_DETAIL }],
  ["the help at 140×40", { columns: 140, rows: 40, peers: 5, ui: WITH_HELP }],
])("what is drawn: %s", (_, facts) => {
  expect(frame(facts).join("\n")).toMatchSnapshot();
});

test("the curve of a dead member stays where its rhythm was read before, with the silence at which it was known", () => {
  const alive = explanation(member("n5"));
  const dead = member("n5", { state: "dead", phi: null, lastHeardMs: 19_200, stateForMs: 18_000 });
  let state = updateState(troubledPicture(5), { kind: "rhythm", body: alive }, NOW_MS);
  const body = explanation(dead, { detector: null });
  state = updateState(state, { kind: "explanation", body }, NOW_MS);
  const ui = { selected: "n5", isDetailOpen: true };
  const shown = frame({ columns: 100, rows: 40, peers: 5, state, ui }).join("\n");
  expect(shown).toMatch(/✗ at 1\.2 s φ 1\.6 {2}by silence 1\.6 s/);
  expect(shown).toContain("64 intervals: mean 1.0 s");
});

test("who knew of the last death stands in the border of the table, until a key is answered there", () => {
  const state = troubledPicture(5);
  const shown = (ui: Partial<UiState> = {}) =>
    frame({ columns: 80, rows: 24, peers: 5, state, ui }).join("\n");
  expect(shown()).toContain("╰─ n5 dead: n1 knew 0.60 s after its last sign ─");
  expect(shown({ notice: "n2 is killed" })).not.toContain("last sign");
});

test("the detail of a dead member says that nobody measures it, not that it was never watched", () => {
  const body = explanation(member("n5", { state: "dead", phi: null }), { detector: null });
  const state = updateState(troubledPicture(5), { kind: "explanation", body }, NOW_MS);
  const ui = { selected: "n5", isDetailOpen: true };
  const shown = frame({ columns: 100, rows: 30, peers: 5, state, ui }).join("\n");
  expect(shown).toContain("no phi: n1 does not measure dead members");
  expect(shown).not.toMatch(/watched by|does not watch/);
});

describe("the paths of a guest's pool", () => {
  const path = (from: string, to: string, parts: Partial<PathReport> = {}): PathReport => ({
    ...{ from, to, ok: 12, of: 12, rttMs: 3, downForMs: null, how: "ack" },
    ...parts,
  });
  const paths = [
    path("n2", "n3", { ok: 0, downForMs: 4000, how: "nack", rttMs: null }),
    path("n3", "n2", { ok: 6 }),
    path("n1", "n2"),
    path("n2", "n1"),
    path("n1", "n3", { ok: 0, of: 0, how: "none", rttMs: null }),
  ];
  const body = { v: 1, self: "n1", paths } as const;
  const state = updateState(troubledPicture(5), { kind: "paths", body }, NOW_MS);

  test("what is wrong stands above the matrix, and in the head of the screen", () => {
    const lines = frame({ columns: 80, rows: 40, peers: 5, state, ui: { isPathsOpen: true } });
    const text = lines.join("\n");
    expect(text).toContain("PATHS DOWN 1");
    expect(text).toContain("n2 → n3  down for 4.0 s, 0 of 12 came through");
    expect(text).toContain("n3 → n2  loses some, 6 of 12 came through");
    const rows = lines.flatMap((line) => /(\d n\d) +([·●◐✗?].*[·●◐✗?])/.exec(line) ?? []);
    expect(rows.filter((_, at) => at % 3 === 2)).toEqual(["·   ●   ?", "●   ·   ✗", "?   ◐   ·"]);
    expect(text).toContain("r paths");
  });

  test("a node that is no guest has none, and the key bar does not offer them", () => {
    const shown = frame({ columns: 140, rows: 40, peers: 5, ui: { isPathsOpen: true } }).join("\n");
    expect(shown).toContain("only a guest in another engine's pool tries paths");
    expect(shown).not.toContain("r paths");
  });

  test("more members than have room are cut off, and no line is too long", () => {
    const names = Array.from({ length: 60 }, (_, at) => `a-rather-long-name-${at}`);
    const many = names.flatMap((from) => names.map((to) => path(from, to)));
    const large = updateState(state, { kind: "paths", body: { ...body, paths: many } }, NOW_MS);
    for (const [columns, rows] of SIZES) {
      const lines = frame({ columns, rows, peers: 5, state: large, ui: { isPathsOpen: true } });
      expect(lines).toHaveLength(rows);
      expect(lines.filter((line) => cellsOf(line) > columns)).toEqual([]);
    }
  });
});

test("with colours and without them a frame says the same in the same cells", () => {
  const facts = { columns: 140, rows: 40, peers: 5 };
  const bare = (lines: readonly string[]) =>
    lines.map((line) => stripVTControlCharacters(line).trimEnd());
  const plain = bare(frame(facts));
  expect(bare(frame({ ...facts, palette: "color" }))).toEqual(plain);
  expect(bare(frame({ ...facts, palette: "mono" }))).toEqual(plain);
});

test("NO_COLOR leaves bold, dim and inverse, and no colour", () => {
  const codes = frame({ columns: 80, rows: 24, peers: 5, palette: "mono" })
    .join("\n")
    .split("\x1b[")
    .slice(1)
    .map((piece) => piece.slice(0, piece.indexOf("m")));
  expect([...new Set(codes)].sort()).toEqual(["1", "2", "22", "27", "7"]);
});

test("a terminal below 40×10 gets one honest line", () => {
  expect(frame({ columns: 39, rows: 24, peers: 5 })).toEqual([
    "hearsay needs 40x10, this is 39x24",
  ]);
  expect(frame({ columns: 80, rows: 9, peers: 5 })).toEqual(["hearsay needs 40x10, this is 80x9"]);
});

test.each([
  [30, 8, "needs 40x10, is 30x8"],
  [20, 5, "needs 40x10, is 20x5"],
  [20, 24, "needs 40x10"],
  [9, 5, "needs 40…"],
])(
  "at %i×%i that line is as short as it must be, and cut only with a mark",
  (columns, rows, line) => {
    expect(frame({ columns, rows, peers: 5 })).toEqual([line]);
  },
);
