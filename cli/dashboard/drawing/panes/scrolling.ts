/** The first of `room` visible rows of `count`, so that row `at` is near the middle where it can be. */
export function firstVisible(count: number, room: number, at: number): number {
  const wanted = at - Math.floor(room / 2);
  return Math.max(0, Math.min(wanted, count - room));
}
