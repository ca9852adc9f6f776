/**
 * The known name that an operator most likely meant, or undefined when none is close: at most a third of the letters may
 * differ (Levenshtein distance, case ignored).
 */
export function nearestName(typed: string, known: readonly string[]): string | undefined {
  let best: { name: string; distance: number } | undefined;
  for (const name of known) {
    const distance = editDistance(typed.toLowerCase(), name.toLowerCase());
    if (best === undefined || distance < best.distance) best = { name, distance };
  }
  const allowed = Math.max(1, Math.floor(typed.length / 3));
  return best !== undefined && best.distance <= allowed ? best.name : undefined;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const removed = (previous[column] ?? 0) + 1;
      const added = (current[column - 1] ?? 0) + 1;
      current.push(Math.min(replaced, removed, added));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/**
 * The complaint about an unknown option with the option that was probably meant, of those that the
 * help of the command lists; the complaint as it is where none is close.
 */
export function suggestOption(
  complaint: string,
  { help, words }: { readonly help: string; readonly words: readonly string[] },
): string {
  const [, typed] = complaint.match(/^Unknown argument: ([\w-]+)/) ?? [];
  if (typed === undefined) return complaint;
  const known = [...help.matchAll(/--(?:no-)?([a-z][\w-]+)/g)].map(([, name]) => name as string);
  const meant = nearestName(typed, known);
  if (meant === undefined) return complaint;
  // yargs takes the "no" of an option away before it complains.
  const no = words.some((word) => word.startsWith(`--no-${typed}`)) ? "no-" : "";
  return complaint.replace(typed, `${no}${typed}. Did you mean --${no}${meant}?`);
}
