import { describe, expect, test } from "vitest";
import { chooseColumns } from "../../../../cli/dashboard/drawing/panes/peer-row.ts";
import { FIRST_UI, type UiState } from "../../../../cli/dashboard/keys/ui-state.ts";
import { layOut, visiblePanes } from "../../../../cli/dashboard/model/layout.ts";
import { orderMembers } from "../../../../src/viewing/member-order.ts";
import { member } from "../states.ts";

const OPEN: readonly Partial<UiState>[] = [
  {},
  { isDetailOpen: true },
  { isViewsOpen: false },
  { isEventsOpen: false },
  { isViewsOpen: false, isEventsOpen: false, isDetailOpen: false },
];

describe.each(OPEN)("with %j", (ui) => {
  test.each([24, 25, 30, 40, 100])("panes fill %i rows, whatever the cluster's size", (rows) => {
    for (const columns of [40, 80, 119, 120, 200]) {
      for (const peers of [0, 1, 5, 30, 1000]) {
        const { bands } = layOut({ columns, rows }, { ...FIRST_UI, ...ui }, peers);
        expect(bands.reduce((sum, band) => sum + (band[0]?.rows ?? 0), 0)).toBe(rows - 3);
        for (const band of bands) {
          expect(band.reduce((sum, place) => sum + place.columns, 0)).toBe(columns);
        }
      }
    }
  });
});

test("below 24 rows the pane with the focus has all the room", () => {
  const layout = layOut({ columns: 80, rows: 23 }, { ...FIRST_UI, focus: "views" }, 5);
  expect(visiblePanes(layout)).toEqual(["views"]);
});

test("on a wide screen detail and views stand side by side, on a narrow one the detail lies over the views", () => {
  const wide = layOut({ columns: 140, rows: 40 }, FIRST_UI, 5);
  expect(visiblePanes(wide)).toEqual(["peers", "detail", "views", "events"]);
  const narrow = layOut({ columns: 80, rows: 24 }, { ...FIRST_UI, isDetailOpen: true }, 5);
  expect(visiblePanes(narrow)).toEqual(["peers", "events", "detail"]);
});

test("incarnation, bar and sparkline give way, and who accuses a member stays for longest", () => {
  const columns = (cells: number) => chooseColumns(cells, 10).map(({ key }) => key);
  const given: string[] = [];
  for (let cells = 78; cells >= 38; cells--) {
    for (const key of columns(78)) {
      if (!columns(cells).includes(key) && !given.includes(key)) given.push(key);
    }
  }
  expect(given.slice(0, 4)).toEqual(["incarnation", "bar", "spark", "rttOrWhy"]);
});

test("no table is wider than its pane", () => {
  for (let cells = 38; cells < 220; cells++) {
    for (const longest of [4, 12, 64]) {
      const columns = chooseColumns(cells, longest);
      const taken = columns.reduce((sum, column) => sum + column.cells + 1, 0);
      expect(taken, `${cells} cells`).toBeLessThanOrEqual(cells);
    }
  }
});

test("what needs eyes comes first, and names go as people count", () => {
  const members = [
    member("n10"),
    member("n2"),
    member("n3", { state: "dead" }),
    member("n4", { state: "suspect" }),
  ];
  const names = (sort: UiState["sort"]) =>
    orderMembers(members, { sort, filter: "" }).map(({ name }) => name);
  expect(names({ key: "status", isReversed: false })).toEqual(["n4", "n3", "n2", "n10"]);
  expect(names({ key: "name", isReversed: true })).toEqual(["n10", "n4", "n3", "n2"]);
});
