import type { MemberChoice } from "../../../src/viewing/member-order.ts";
import type { Palette } from "../theme/theme.ts";

export type PaneName = "peers" | "detail" | "views" | "paths" | "events";

/** What the reader chose: everything that keys change. Replaced, never changed. */
export interface UiState extends MemberChoice {
  readonly selected: string | undefined;
  readonly focus: PaneName;
  /** Undefined: open where there is room. */
  readonly isDetailOpen: boolean | undefined;
  readonly isViewsOpen: boolean;
  /** In the place of the views. */
  readonly isPathsOpen: boolean;
  readonly isEventsOpen: boolean;
  /** The filter line takes the keys. */
  readonly isTyping: boolean;
  /** Events scrolled back from the newest; 0 follows. */
  readonly eventsBack: number;
  /** First row of the views pane. */
  readonly viewsFrom: number;
  /** First line of the help. */
  readonly helpFrom: number;
  readonly isPaused: boolean;
  readonly isHelpOpen: boolean;
  readonly palette: Palette;
  /** Answer to the last key; the next one takes it away. */
  readonly notice: string;
}

export const FIRST_UI: UiState = Object.freeze({
  selected: undefined,
  focus: "peers",
  isDetailOpen: undefined,
  isViewsOpen: true,
  isPathsOpen: false,
  isEventsOpen: true,
  sort: Object.freeze({ key: "status", isReversed: false }),
  filter: "",
  isTyping: false,
  eventsBack: 0,
  viewsFrom: 0,
  helpFrom: 0,
  isPaused: false,
  isHelpOpen: false,
  palette: "color",
  notice: "",
});
