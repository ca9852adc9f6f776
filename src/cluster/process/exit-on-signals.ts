const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const SIGNALS = Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[];

/**
 * Makes a signal end this process by `process.exit`, whose handlers end the processes that it started, which the signal
 * alone would not run.
 *
 * @returns what makes signals do again what they do by default
 */
export function exitOnSignals(): () => void {
  const exit = (signal: keyof typeof EXIT_CODES) => process.exit(EXIT_CODES[signal]);
  for (const signal of SIGNALS) process.once(signal, exit);
  return () => {
    for (const signal of SIGNALS) process.off(signal, exit);
  };
}
