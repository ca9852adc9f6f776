import { randomBytes } from "node:crypto";
import type { StartId } from "../core/member.ts";

/** A clock beyond 2106, or before 1970, starts a node all the same. */
const SECOND_MAX = 0xffff_ffff;

/** A new start id: 8 hex digits of the start second, 16 random ones, so that of two starts the smaller was the first. */
export function newStartId(startedAtS: number): StartId {
  const second = Math.max(0, Math.min(startedAtS, SECOND_MAX));
  return second.toString(16).padStart(8, "0") + randomBytes(8).toString("hex");
}
