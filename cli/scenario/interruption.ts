/** Aborts with the first SIGINT, SIGTERM or SIGHUP; the second one ends the process as always. */
export function untilInterrupted(): { readonly signal: AbortSignal; readonly dismiss: () => void } {
  const controller = new AbortController();
  const dismiss = () => {
    for (const signal of SIGNALS) process.removeListener(signal, abort);
  };
  const abort = () => {
    dismiss();
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, abort);
  return { signal: controller.signal, dismiss };
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
