import type { MemberBody } from "./api-types.ts";

/** The state of a member as the API tells it. */
export type ShownState = MemberBody["state"];

/** All of them, the best first. */
export const SHOWN_STATES: readonly ShownState[] = ["alive", "suspect", "dead", "left"];
