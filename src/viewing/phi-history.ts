import type { MemberBody } from "../control/api-types.ts";

/** The highest phi of each of the last seconds, up to 60. */
export interface PhiTrack {
  /** The second (since the epoch) of the last value. */
  readonly endS: number;
  /** Oldest first; null for a second in which nothing was read. */
  readonly phis: readonly (number | null)[];
}

export type PhiHistory = ReadonlyMap<string, PhiTrack>;

export const HISTORY_S = 60;

/** The history with one more reading. Members that are gone are dropped. */
export function recordPhis(
  history: PhiHistory,
  members: readonly Pick<MemberBody, "name" | "phi">[],
  atMs: number,
): PhiHistory {
  const second = Math.floor(atMs / 1000);
  return new Map(members.map(({ name, phi }) => [name, extend(history.get(name), phi, second)]));
}

function extend(track: PhiTrack | undefined, phi: number | null, second: number): PhiTrack {
  if (track === undefined || second < track.endS) return { endS: second, phis: [phi] };
  if (second === track.endS) {
    const last = track.phis.at(-1) ?? null;
    const highest = phi === null || (last !== null && last >= phi) ? last : phi;
    return highest === last ? track : { ...track, phis: [...track.phis.slice(0, -1), highest] };
  }
  const missed = Math.min(second - track.endS - 1, HISTORY_S);
  const gap = Array.from({ length: missed }, () => null);
  return { endS: second, phis: [...track.phis, ...gap, phi].slice(-HISTORY_S) };
}

/** The last 60 s until `nowMs` in `cells` values, each the highest phi of its share; null where nothing was read. */
export function resample(
  track: PhiTrack | undefined,
  nowMs: number,
  cells: number,
): (number | null)[] {
  const nowS = Math.floor(nowMs / 1000);
  const perCell = HISTORY_S / cells;
  return Array.from({ length: cells }, (_, cell) => {
    const oldestAgo = HISTORY_S - 1 - Math.floor(cell * perCell);
    const newestAgo = HISTORY_S - Math.floor((cell + 1) * perCell);
    let highest: number | null = null;
    for (let ago = oldestAgo; ago >= newestAgo; ago--) {
      const phi = valueAt(track, nowS - ago);
      if (phi !== null && (highest === null || phi > highest)) highest = phi;
    }
    return highest;
  });
}

function valueAt(track: PhiTrack | undefined, second: number): number | null {
  if (track === undefined) return null;
  return track.phis[track.phis.length - 1 - (track.endS - second)] ?? null;
}
