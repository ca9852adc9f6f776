import { describe, expect, test } from "vitest";
import { KEY_MAP } from "../../../../cli/dashboard/keys/key-map.ts";
import { type KeyFacts, pressKey } from "../../../../cli/dashboard/keys/press-key.ts";
import { FIRST_UI, type UiState } from "../../../../cli/dashboard/keys/ui-state.ts";

const FACTS: KeyFacts = {
  names: ["n1", "n2", "n3", "n4", "n5"],
  selected: "n2",
  panes: ["peers", "events", "views"],
  isSingle: false,
  isDetailOpen: false,
  pageRows: 3,
  eventCount: 10,
  extraKeys: [{ key: "K", hint: () => "kill", help: "kill" }],
};

const press = (key: string, ui: Partial<UiState> = {}, facts: Partial<KeyFacts> = {}) =>
  pressKey({ ...FIRST_UI, ...ui }, key, { ...FACTS, ...facts });

describe("selecting", () => {
  test.each([
    ["j", "n3"],
    ["down", "n3"],
    ["k", "n1"],
    ["up", "n1"],
    ["g", "n1"],
    ["G", "n5"],
    ["pagedown", "n4"],
    ["pageup", "n1"],
  ])("%s goes from n2 to %s", (key, name) => {
    expect(press(key).ui.selected).toBe(name);
  });

  test("the ends hold", () => {
    expect(press("k", {}, { selected: "n1" }).ui.selected).toBe("n1");
    expect(press("j", {}, { selected: "n5" }).ui.selected).toBe("n5");
  });

  test("an empty table has nothing to select", () => {
    expect(press("j", {}, { names: [], selected: undefined }).ui.selected).toBeUndefined();
  });

  test("in the events the same keys scroll back, and the end follows again", () => {
    expect(press("k", { focus: "events" }).ui.eventsBack).toBe(1);
    expect(press("G", { focus: "events", eventsBack: 4 }).ui.eventsBack).toBe(0);
    expect(press("g", { focus: "events" }).ui.eventsBack).toBe(9);
  });
});

describe("filtering", () => {
  test("a slash takes the keys until enter", () => {
    let { ui } = press("/");
    for (const key of ["q", "1", "K", "backspace", "enter"]) ui = press(key, ui).ui;
    expect(ui).toMatchObject({ filter: "q1", isTyping: false });
  });

  test("escape gives the filter up", () => {
    expect(press("escape", { isTyping: true, filter: "n3" }).ui.filter).toBe("");
    expect(press("escape", { filter: "n3" }).ui.filter).toBe("");
  });

  test("ctrl-c quits while typing too", () => {
    expect(press("ctrl-c", { isTyping: true }).command).toEqual({ kind: "quit" });
  });
});

describe("panes", () => {
  test("enter opens the detail and escape closes it before it clears the filter", () => {
    expect(press("enter").ui.isDetailOpen).toBe(true);
    const closed = press("escape", { filter: "x" }, { isDetailOpen: true }).ui;
    expect(closed).toMatchObject({ isDetailOpen: false, filter: "x" });
  });

  test("the paths take the place of the views, and give it back", () => {
    const open = press("r").ui;
    expect(open).toMatchObject({ isPathsOpen: true, isViewsOpen: true });
    const panes = ["peers", "events", "paths"] as const;
    const focused = { ...open, focus: "paths" } as const;
    expect(press("r", focused, { panes }).ui).toMatchObject({ isPathsOpen: false, focus: "peers" });
    expect(press("v", focused, { panes }).ui).toMatchObject({
      ...{ isPathsOpen: false, isViewsOpen: true, focus: "peers" },
    });
  });

  test("a closed pane loses the focus", () => {
    expect(press("e", { focus: "events" }).ui).toMatchObject({
      isEventsOpen: false,
      focus: "peers",
    });
  });

  test("views under the detail come to light", () => {
    const { ui } = press("v", { isDetailOpen: true }, { panes: ["peers", "events", "detail"] });
    expect(ui).toMatchObject({ isDetailOpen: false, isViewsOpen: true });
  });

  test("where one pane has all the room, keys bring it to the front and back", () => {
    expect(press("v", {}, { isSingle: true }).ui.focus).toBe("views");
    expect(press("v", { focus: "views" }, { isSingle: true }).ui.focus).toBe("peers");
    expect(press("escape", { focus: "detail" }, { isSingle: true }).ui.focus).toBe("peers");
  });

  test("tab visits what is on the screen, and round again", () => {
    expect(press("tab", { focus: "views" }).ui.focus).toBe("peers");
    expect(press("shift-tab", { focus: "peers" }).ui.focus).toBe("views");
  });

  test("the help scrolls, and any other key closes it", () => {
    expect(press("j", { isHelpOpen: true }).ui).toMatchObject({ isHelpOpen: true, helpFrom: 1 });
    expect(press("v", { isHelpOpen: true, helpFrom: 3 }).ui).toMatchObject({
      isHelpOpen: false,
      helpFrom: 0,
      isViewsOpen: true,
    });
  });
});

describe("commands", () => {
  test.each([
    ["q", { kind: "quit" }],
    ["y", { kind: "copy", member: "n2" }],
    ["a", { kind: "attach", member: "n2" }],
    ["3", { kind: "attach-nth", place: 3 }],
    ["K", { kind: "extra", key: "K", member: "n2" }],
  ])("%s", (key, command) => {
    expect(press(key).command).toEqual(command);
  });

  test("a key answers the notice of the one before away", () => {
    expect(press("j", { notice: "n2 is killed" }).ui.notice).toBe("");
  });

  test("a key without meaning changes nothing", () => {
    expect(press("Z")).toEqual({ ui: FIRST_UI });
  });
});

test("no key has two meanings", () => {
  const keys = KEY_MAP.flatMap((binding) => binding.keys);
  expect(new Set(keys).size).toBe(keys.length);
});
