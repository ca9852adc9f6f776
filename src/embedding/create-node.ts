import type { ExplainBody } from "../control/api-types.ts";
import { explainBody, membersBody, selfBody } from "../control/bodies.ts";
import type { NodeApi } from "../control/node-api.ts";
import { serviceBody, servicesBody } from "../control/routes/service-bodies.ts";
import { shareSignal } from "../control/shared-signal.ts";
import type { NodeEvent } from "../core/effect.ts";
import { ConfigError } from "../core/errors.ts";
import { type RunningDaemon, startDaemon } from "../daemon/daemon.ts";
import type { DaemonExit } from "../daemon/daemon-exit.ts";
import type { DaemonLog } from "../daemon/daemon-log.ts";
import { abortable, anySignal } from "./abortable.ts";
import { onlyKinds } from "./event-kinds.ts";
import type { EndpointsWanted, HearsayNode } from "./hearsay-node.ts";
import { Lifetime } from "./lifetime.ts";
import { followEvents, followService, untilWhole } from "./local-streams.ts";
import type { NodeSettings } from "./node-settings.ts";
import { Picker } from "./picker.ts";
import { resolveNodeSettings } from "./resolve-node-settings.ts";

/** Settings of a node inside this program, and how it is ended and heard. */
export interface NodeOptions extends NodeSettings {
  /** Makes the node leave the cluster. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Receives what a daemon would log as a warning: no answer from the join addresses, another cluster sends here, … Without
   * it the warnings are warnings of the process (`process.emitWarning`), which Node prints on standard error.
   */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** A query that another node, or this one, asks. */
export type IncomingQuery = Omit<Extract<NodeEvent, { readonly kind: "query" }>, "kind">;

/** A node inside this process. */
export interface EmbeddedNode extends HearsayNode {
  readonly name: string;
  /** Gossip address as bound, `host:port`: the address that others use in `join`. */
  readonly address: string;
  /** Settles when the node has ended, by `leave`, `close`, or because another process has its name. */
  readonly ended: Promise<DaemonExit>;
  /** Dials these gossip addresses, once. */
  join(addresses: readonly string[]): Promise<void>;
  /** Why a member has its state, as far as this node knows; undefined if it does not know a member of that name. */
  explain(member: string): ExplainBody | undefined;
  /**
   * Answers queries of that name with `answer`, until the returned function is called. Undefined or null means that there is
   * no answer. An answer is cut at 768 bytes, and comes too late once `deadline` is aborted.
   */
  onQuery(
    name: string,
    answer: (
      query: IncomingQuery,
      deadline: AbortSignal,
    ) => string | null | undefined | Promise<string | null | undefined>,
  ): () => void;
}

/**
 * Starts a node inside this program: the same as a daemon's, over UDP, without control API, log or command line.
 *
 * @throws ConfigError for a setting that is unknown or cannot be used, such as a port in use or an unknown host
 */
export async function createNode(options: NodeOptions = {}): Promise<EmbeddedNode> {
  const { signal, onWarning, ...settings } = options;
  signal?.throwIfAborted();
  const daemon = await startDaemon(resolveNodeSettings(settings), { log: logOf(onWarning) });
  if (signal !== undefined) leaveOn(signal, daemon);
  return embeddedNode(daemon);
}

const REMEDY = "start another with createNode";

function embeddedNode(daemon: RunningDaemon): EmbeddedNode {
  const { node } = daemon;
  const { name, address } = daemon.ready;
  const picker = new Picker();
  const lifetime = new Lifetime();
  const end = (reason: string) => lifetime.end(`node ${name} has ended (${reason}); ${REMEDY}`);
  const closing = new AbortController();
  void daemon.done.then(({ reason }) => {
    end(reason);
    closing.abort();
  });
  const whole = <T>(signal: AbortSignal | undefined, read: () => T | undefined) =>
    readWhole(node, () => lifetime.ask({ signal }, read), anySignal(closing.signal, signal));
  const endpoints = async ({ signal, ...wanted }: EndpointsWanted, service: string) =>
    serviceBody(name, await whole(signal, () => node.directory.ask({ service, ...wanted })));
  return {
    name,
    address,
    ended: daemon.done,
    self: async (asked) => lifetime.ask(asked, () => selfBody(node)),
    members: async (asked) => lifetime.ask(asked, () => membersBody(node).members),
    services: async (asked) =>
      servicesBody(name, await whole(asked?.signal, () => node.directory.services())).services,
    service: (service, wanted = {}) => endpoints(wanted, service),
    pick: async (service, wanted = {}) => picker.pick((await endpoints(wanted, service)).endpoints),
    watch: ({ events, signal } = {}) => {
      lifetime.check();
      const from = node.events.newest;
      return onlyKinds(followEvents(node, from, anySignal(closing.signal, signal)), events);
    },
    watchService: (service, { signal, ...wanted } = {}) => {
      lifetime.check();
      return followService(node, { service, ...wanted }, anySignal(closing.signal, signal));
    },
    register: async (service, registration, asked) =>
      lifetime.ask(asked, () => void node.localServices.register(service, registration)),
    withdraw: async (service, asked) =>
      lifetime.ask(asked, () => {
        if (node.localServices.withdraw(service)) return;
        throw new ConfigError(`${name} offers no service ${service}`);
      }),
    tell: async (event, payload, asked) =>
      lifetime.ask(asked, () => {
        refuseIfBusy(node);
        node.messages.tell({ name: event, payload });
      }),
    ask: async (query, { signal, ...question } = {}) =>
      lifetime.ask({ signal }, () => {
        refuseIfBusy(node);
        return node.messages.ask({ name: query, ...question }, signal);
      }),
    leave: async ({ signal } = {}) => {
      signal?.throwIfAborted();
      const told = await abortable(daemon.leave(), signal);
      end("it left the cluster");
      return told;
    },
    close: () => {
      end("it was closed");
      return daemon.stop();
    },
    join: async (addresses) => void (await lifetime.ask(undefined, () => node.join(addresses))),
    explain: (member) => lifetime.ask(undefined, () => explainBody(node, member)),
    onQuery: (query, answer) => {
      lifetime.check();
      return daemon.respond({
        name: query,
        answer: async ({ kind: _, ...asked }, deadline) => (await answer(asked, deadline)) ?? null,
      });
    },
  };
}

/**
 * What `read` gives as soon as the node's view is whole: a part of a pool is never given as all of it.
 *
 * @throws what `read` throws once `ended`
 */
async function readWhole<T>(
  node: NodeApi,
  read: () => T | undefined,
  ended: AbortSignal,
): Promise<T> {
  let found = read();
  while (found === undefined) {
    await untilWhole(node, ended);
    found = read();
  }
  return found;
}

function leaveOn(signal: AbortSignal, daemon: RunningDaemon): void {
  shareSignal(signal);
  const leave = () => void daemon.leave();
  if (signal.aborted) leave();
  signal.addEventListener("abort", leave, { once: true });
  void daemon.done.then(() => signal.removeEventListener("abort", leave));
}

function refuseIfBusy({ messages }: NodeApi): void {
  const reason = messages.busyWith();
  if (reason !== undefined) throw new Error(reason);
}

/** Only what a program can do something about comes through. */
function logOf(onWarning: (message: string) => void = warnProcess): DaemonLog {
  return {
    event: () => undefined,
    note: (level, _event, message) => {
      if (level === "warn" || level === "error") onWarning(message);
    },
    setLevel: () => undefined,
  };
}

function warnProcess(message: string): void {
  process.emitWarning(message, "HearsayWarning");
}
