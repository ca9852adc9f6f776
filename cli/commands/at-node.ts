import type { AttachArgs } from "../options.ts";
import type { Session } from "../session.ts";

/** Does something at the node that `args` name. What it takes is loaded only now, so that `--help` is there at once. */
export async function atNode<Loaded>(
  args: AttachArgs,
  load: () => Promise<Loaded>,
  act: (session: Session, loaded: Loaded) => Promise<void>,
): Promise<void> {
  const [{ openSession }, loaded] = await Promise.all([import("../session.ts"), load()]);
  await act(await openSession(args), loaded);
}
