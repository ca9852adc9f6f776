import { setMaxListeners } from "node:events";

/**
 * Lets many wait for one signal. Node takes more than ten listeners for a leak and warns; each of our calls is one, until it
 * ends.
 */
export function shareSignal(signal: AbortSignal | undefined): void {
  if (signal !== undefined) setMaxListeners(0, signal);
}
