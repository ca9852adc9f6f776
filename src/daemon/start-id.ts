import { randomBytes } from "node:crypto";
import type { StartId } from "../core/member.ts";

/** A new start id: 8 hex digits of the start second, 16 random ones, so that of two starts the smaller was the first. */
export function newStartId(startedAtS: number): StartId {
  return startedAtS.toString(16).padStart(8, "0") + randomBytes(8).toString("hex");
}
