import type { EventBody, MembersBody } from "../../src/control/api-types.ts";
import { formatEvent } from "../format/events.ts";
import { formatMembers, formatMembersSummary } from "../format/members.ts";
import { paint, type TextStyle } from "../format/text-style.ts";

/** What the live table shows. */
export interface LivePicture {
  /** Undefined until the viewer answered for the first time. */
  readonly body: MembersBody | undefined;
  readonly phiSuspect: number;
  /** Member that the keys act on. */
  readonly selected: string;
  readonly events: readonly EventBody[];
  /** Answer to the last key, or what is going on. */
  readonly notice: string;
}

export interface FrameSize {
  readonly columns: number;
  readonly rows: number;
}

const KEYS: readonly (readonly [key: string, what: string])[] = [
  ["↑↓", "select"],
  ["k", "kill"],
  ["f", "freeze or thaw"],
  ["l", "leave"],
  ["r", "restart"],
  ["q", "quit"],
];

/** The live table as lines: summary, members with their phi, the last events, the keys. */
export function formatLiveFrame(
  style: TextStyle,
  picture: LivePicture,
  { rows }: FrameSize,
): string[] {
  const { body, phiSuspect, selected } = picture;
  if (body === undefined) return ["hearsay demo", "", picture.notice];
  const [title = "", ...members] = formatMembers(style, body, phiSuspect);
  const marked = members.map((line, at) => {
    const isSelected = body.members[at]?.name === selected;
    return isSelected ? paint(style, "bold", `> ${line}`) : `  ${line}`;
  });
  const top = [formatMembersSummary(body), "", `  ${title}`, ...marked, ""];
  const bottom = ["", picture.notice, formatKeys(style)];
  const room = Math.max(0, rows - 1 - top.length - bottom.length);
  const events = room === 0 ? [] : picture.events.slice(-room);
  return [...top, ...events.map((event) => formatEvent(style, event)), ...bottom];
}

function formatKeys(style: TextStyle): string {
  return KEYS.map(([key, what]) => {
    const shown = style.ascii && key === "↑↓" ? "up/down" : key;
    return `${paint(style, "bold", shown)} ${what}`;
  }).join("   ");
}
