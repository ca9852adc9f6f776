import type { EventBody } from "../control/api-types.ts";
import { untilReady } from "../control/client/client-ready.ts";
import { type ControlClient, connectControl } from "../control/client.ts";
import type { ServiceBody } from "../control/service-types.ts";
import type { Millis } from "../core/member.ts";
import { abortable, anySignal } from "./abortable.ts";
import { EndpointCache } from "./endpoint-cache.ts";
import { onlyKinds } from "./event-kinds.ts";
import type { Cancellable, EndpointsWanted, EventsMissed, HearsayNode } from "./hearsay-node.ts";
import { Lifetime, NodeEndedError } from "./lifetime.ts";
import { Picker } from "./picker.ts";

/** A daemon that has just started knows its cluster within this, or reports that it is alone. */
const TIMEOUT_MS_DEFAULT: Millis = 5000;

/** How a program talks to a daemon. */
export interface ConnectOptions {
  /** Ends every request and stream. */
  readonly signal?: AbortSignal | undefined;
  /** Longest wait for an answer: 5 s unless given. */
  readonly timeoutMs?: Millis | undefined;
  /** A token of the daemon (`--api-token-file`), for one that asks for it. */
  readonly token?: string | undefined;
  /** Certificate of an authority, as PEM, that is trusted beside those that Node trusts. */
  readonly ca?: string | undefined;
}

/**
 * A running daemon, by its control API (`http://host:port`, `https://host:port`, `host:port` or `unix:/path`). Nothing is
 * dialled before the first call.
 *
 * @throws ConfigError if `url` is not such an address
 */
export function connect(url: string, options: ConnectOptions = {}): HearsayNode {
  const { signal, timeoutMs, token, ca } = options;
  const closing = new AbortController();
  const ended = anySignal(closing.signal, signal);
  const client = connectControl(url, {
    signal: ended,
    token,
    ca,
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  const lifetime = new Lifetime();
  const picker = new Picker();
  const cache = new EndpointCache();
  const within = async <T>(asked: Cancellable | undefined, begin: () => Promise<T>): Promise<T> =>
    abortable(lifetime.ask(asked, begin), asked?.signal);
  const whole = <T>(asked: Cancellable | undefined, read: () => Promise<T>) =>
    untilReady(read, {
      patienceMs: timeoutMs ?? TIMEOUT_MS_DEFAULT,
      signal: anySignal(ended, asked?.signal),
    });
  return {
    self: (asked) => within(asked, () => client.self()),
    members: async (asked) => (await within(asked, () => client.members())).members,
    services: async (asked) =>
      (await within(asked, () => whole(asked, () => client.services()))).services,
    service: (name, wanted = {}) =>
      within(wanted, () => whole(wanted, () => client.service(name, wanted))),
    pick: async (name, { signal: asked, ...wanted } = {}) => {
      const read = () => client.service(name, wanted);
      const first = () => whole({ signal: asked }, read);
      const key = JSON.stringify([name, wanted.maxPhi, wanted.tag, wanted.nearSelf]);
      const { endpoints } = await within({ signal: asked }, () => cache.get(key, first));
      return picker.pick(endpoints);
    },
    watch: ({ events, signal: asked } = {}) => {
      lifetime.check();
      return onlyKinds(followRemoteEvents(client, anySignal(ended, asked)), events);
    },
    watchService: (name, { signal: asked, ...wanted } = {}) => {
      lifetime.check();
      return followRemoteService(client, name, wanted, anySignal(ended, asked));
    },
    register: async (name, service, asked) =>
      void (await within(asked, () => client.register(name, service))),
    withdraw: async (name, asked) => void (await within(asked, () => client.withdraw(name))),
    tell: async (name, payload, asked) =>
      void (await within(asked, () => client.tell({ name, payload }))),
    ask: (name, { signal: asked, ...question } = {}) =>
      within({ signal: asked }, () =>
        client.ask({ name, ...question }, { ...(asked && { signal: asked }) }),
      ),
    leave: (asked) => within(asked, () => client.leave()),
    close: async () => {
      const why = `the connection to ${url} was closed; open another with connect`;
      lifetime.end(why);
      closing.abort(new NodeEndedError(why));
      client.close();
    },
  };
}

/** The events of a daemon, across broken connections and restarts of it, until the signal. */
async function* followRemoteEvents(
  client: ControlClient,
  signal: AbortSignal,
): AsyncGenerator<EventBody | EventsMissed, void> {
  for await (const item of client.events({ reconnect: true, signal })) {
    yield "event" in item ? item.event : { event: "missed", members: item.snapshot };
  }
}

/**
 * One service as a daemon knows it, and each other answer, until the signal. While the daemon does not answer, it yields
 * nothing, and the last answer remains the best known.
 */
async function* followRemoteService(
  client: ControlClient,
  name: string,
  wanted: Omit<EndpointsWanted, "signal">,
  signal: AbortSignal,
): AsyncGenerator<ServiceBody, void> {
  let last: { readonly index: number; readonly startId: string } | undefined;
  const options = { ...wanted, reconnect: true, signal };
  for await (const { startId, ...body } of client.watchService(name, options)) {
    const isOther = body.index !== last?.index || startId !== last.startId;
    last = { index: body.index, startId };
    if (isOther) yield body;
  }
}
