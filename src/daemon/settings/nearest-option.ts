import { nearestName } from "./nearest-name.ts";

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
