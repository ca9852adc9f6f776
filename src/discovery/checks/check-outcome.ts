/** How one run of a check ended. `not-run`: it could not be tried, which says nothing of the service. */
export interface CheckOutcome {
  readonly result: "passed" | "failed" | "not-run";
  /** What it said, in one short line. */
  readonly output: string;
}

/** One run of a check, as whoever gives it up finds it. */
export interface CheckRun {
  /** Aborted when the run is given up. */
  readonly signal: AbortSignal;
  /** Whether it still waits for a name server, whose silence says nothing of the service. */
  isResolving: boolean;
}

const OUTPUT_CHARACTERS_MAX = 160;

/** What lies with this machine, not with the service: names that do not resolve, no permission, no room, no way out. */
const OURS: ReadonlySet<string> = new Set([
  ...["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA"],
  ...["EACCES", "EPERM", "ENOENT", "ENOEXEC", "ENOTDIR", "E2BIG"],
  ...["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EAGAIN"],
  ...["EADDRNOTAVAIL", "ENETDOWN", "ENETUNREACH"],
]);

/** The outcome of a run that an error ended. */
export function outcomeOfError(error: NodeJS.ErrnoException): CheckOutcome {
  const code = error.code ?? "";
  const output = shorten(code === "" ? error.message : `${code}: ${error.message}`);
  return { result: OURS.has(code) ? "not-run" : "failed", output };
}

/** The first words of what a check said, on one line, without what a terminal might take for commands. */
export function shorten(text: string): string {
  const line = text
    .slice(0, 4 * OUTPUT_CHARACTERS_MAX)
    .replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, " ")
    .trim();
  const cut = line.length > OUTPUT_CHARACTERS_MAX;
  return cut ? `${line.slice(0, OUTPUT_CHARACTERS_MAX - 1)}…` : line;
}
