/** Marks a word that is not an option though it begins with a dash. No shell can pass this character. */
const MARK = "\0";

/**
 * The words without their `--`: yargs keeps what follows it from the arguments that commands name. Those behind it that look
 * like options are marked until yargs has sorted them.
 */
export function withPlainRest(words: readonly string[]): string[] {
  const at = words.indexOf("--");
  if (at < 0) return [...words];
  const rest = words.slice(at + 1).map((word) => (word.startsWith("-") ? MARK + word : word));
  return [...words.slice(0, at), ...rest];
}

/** Removes the marks again. */
export function takePlainWords(args: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(args)) {
    if (Array.isArray(value)) args[key] = value.map(plain);
    else args[key] = plain(value);
  }
}

function plain(value: unknown): unknown {
  return typeof value === "string" && value.startsWith(MARK) ? value.slice(MARK.length) : value;
}
