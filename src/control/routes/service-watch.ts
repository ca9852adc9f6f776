import type { ServerResponse } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";
import type { Millis } from "../../core/member.ts";
import type { ServiceAnswer, ServiceQuery } from "../../discovery/directory/live-query.ts";
import type { ControlledNode } from "../controlled-node.ts";
import { serviceText } from "./service-bodies.ts";
import { headOfStream, STREAM_HEADERS } from "./stream-head.ts";
import type { WaitingClients } from "./waiting.ts";

const HEARTBEAT_MS: Millis = 10_000;
/** Whoever reads nothing for so long is dropped, with a last frame that says so, and after the grace cut off. */
const UNREAD_MS_MAX: Millis = 30_000;
const DROP_GRACE_MS: Millis = 1000;
const DROPPED =
  'event: dropped\ndata: {"v":1,"error":"nothing was read for 30 s; connect again and read on"}\n\n';

/**
 * `GET /v1/services/:name/watch`: the answer now, then each other one, whole each time. What a client has not read yet is
 * never more than one frame beyond its socket's buffer: it then skips to the newest answer.
 */
export function watchService(
  context: Context<{ Bindings: HttpBindings }>,
  node: ControlledNode,
  clients: WaitingClients,
  query: ServiceQuery,
): Response {
  const head = headOfStream(context);
  if (head !== undefined) return head;
  const { outgoing } = context.env;
  const release = clients.enter();
  outgoing.writeHead(200, STREAM_HEADERS);
  const onDropped = () =>
    clients.noteDropped(
      `a watcher of ${query.service} had read nothing for ${UNREAD_MS_MAX / 1000} s`,
    );
  const watcher = new Watcher(outgoing, onDropped, () => frameOf(node, node.directory.ask(query)));
  watcher.tell();
  const unsubscribe = node.directory.subscribe(query, () => watcher.tell());
  const end = () => outgoing.end();
  clients.ended.addEventListener("abort", end);
  if (clients.ended.aborted) end();
  outgoing.once("close", () => {
    unsubscribe();
    watcher.close();
    clients.ended.removeEventListener("abort", end);
    release();
  });
  // Written past the framework, whose streams cost several times as much for each of a thousand watchers.
  return RESPONSE_ALREADY_SENT;
}

/** One client, and what it is still owed. */
class Watcher {
  private readonly outgoing: ServerResponse;
  private readonly onDropped: () => void;
  private readonly newestFrame: () => Buffer;
  private readonly beating: NodeJS.Timeout;
  private isOwed = false;
  private fullSinceMs: Millis | undefined;

  constructor(outgoing: ServerResponse, onDropped: () => void, newestFrame: () => Buffer) {
    this.outgoing = outgoing;
    this.onDropped = onDropped;
    this.newestFrame = newestFrame;
    this.beating = setInterval(() => this.beat(), HEARTBEAT_MS);
    outgoing.on("drain", () => {
      this.fullSinceMs = undefined;
      if (this.isOwed) this.tell();
    });
  }

  tell(): void {
    this.isOwed = this.fullSinceMs !== undefined;
    if (!this.isOwed) this.write(this.newestFrame());
  }

  close(): void {
    clearInterval(this.beating);
  }

  private beat(): void {
    if (this.fullSinceMs === undefined) this.write(": still here\n\n");
    else if (performance.now() - this.fullSinceMs >= UNREAD_MS_MAX) this.drop();
  }

  private write(frame: Buffer | string): void {
    if (this.outgoing.writableEnded) return;
    if (!this.outgoing.write(frame)) this.fullSinceMs = performance.now();
  }

  private drop(): void {
    this.close();
    this.onDropped();
    this.outgoing.end(DROPPED);
    setTimeout(() => this.outgoing.destroy(), DROP_GRACE_MS).unref();
  }
}

const frames = new WeakMap<ServiceAnswer, Buffer>();

/** The frame of an answer, made once for all who watch. */
function frameOf({ identity }: ControlledNode, answer: ServiceAnswer): Buffer {
  const known = frames.get(answer);
  if (known !== undefined) return known;
  const id = `${identity.startId}:${answer.index}`;
  const frame = Buffer.from(`id: ${id}\ndata: ${serviceText(identity.name, answer)}\n\n`);
  frames.set(answer, frame);
  return frame;
}
