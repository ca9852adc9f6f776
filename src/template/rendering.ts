import type { ControlClient, MembersAnswer, ServiceAnswer } from "../control/client.ts";
import type { Renderer, ServiceWish } from "./renderer.ts";

/** A rendered text and the answers it was made from. When one of these changes, the text may change too. */
export interface Rendering {
  readonly text: string;
  readonly members: MembersAnswer;
  readonly asked: readonly { readonly wish: ServiceWish; readonly answer: ServiceAnswer }[];
}

const WAIT_MS = 30_000;

/** Fills the template with what the node knows now. @throws NodeNotReadyError while it does not know all of its cluster */
export async function renderNow(renderer: Renderer, client: ControlClient): Promise<Rendering> {
  // The members first: whatever changes while the rest is read has a later index.
  const members = await client.members();
  const [self, { services }] = await Promise.all([client.self(), client.services()]);
  const asked: { wish: ServiceWish; answer: ServiceAnswer }[] = [];
  const data = { self, members: members.members, services };
  const text = await renderer.render(data, async (wish) => {
    const answer = await client.service(wish.name, wish);
    asked.push({ wish, answer });
    return answer;
  });
  return { text, members, asked };
}

/** Waits until something that went into the rendering changes, or `WAIT_MS` is over. */
export async function untilChanged(
  { members, asked }: Rendering,
  client: ControlClient,
  signal: AbortSignal,
): Promise<void> {
  const others = new AbortController();
  const waiting = { waitMs: WAIT_MS, signal: AbortSignal.any([signal, others.signal]) };
  const { index, startId } = members;
  const waits = [
    client.members({ index, startId, ...waiting }),
    ...asked.map(({ wish, answer: { index, startId } }) =>
      client.service(wish.name, { ...wish, index, startId, ...waiting }),
    ),
  ];
  try {
    await Promise.race(waits);
  } finally {
    others.abort();
    await Promise.allSettled(waits);
  }
}
