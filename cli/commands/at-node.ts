import type { AttachArgs } from "../options.ts";
import type { Session } from "../session.ts";

/**
 * The handler of a command that asks a node. `load` gives the function that does the work: it is loaded only now, so that
 * `--help` is there at once.
 */
export function atNode<Args>(
  load: () => Promise<(session: Session, args: Args) => Promise<void>>,
): (args: AttachArgs & Args) => Promise<void> {
  return async (args) => {
    const [{ openSession }, act] = await Promise.all([import("../session.ts"), load()]);
    await act(await openSession(args), args);
  };
}
