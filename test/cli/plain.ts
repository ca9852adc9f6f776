import type { TextStyle } from "../../cli/format/text-style.ts";

/** Text as files have it: no colour, all of Unicode. */
export const PLAIN: TextStyle = { color: false, ascii: false };
