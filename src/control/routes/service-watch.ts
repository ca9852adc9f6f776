import type { ServerResponse } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";
import type { Millis } from "../../core/member.ts";
import type { ServiceQuery } from "../../discovery/directory/live-query.ts";
import type { NodeApi } from "../node-api.ts";
import { notYetBody } from "./readiness.ts";
import type { ServicePages } from "./service-pages.ts";
import { headOfStream, STREAM_HEADERS } from "./stream-head.ts";
import type { WaitingClients } from "./waiting.ts";

const HEARTBEAT_MS: Millis = 10_000;
/** A client that reads nothing for this long gets a last frame that says so, and is disconnected after the grace. */
const UNREAD_MS_MAX: Millis = 30_000;
const DROP_GRACE_MS: Millis = 1000;
const DROPPED =
  'event: dropped\ndata: {"v":1,"error":"nothing was read for 30 s; connect again and read on"}\n\n';

/**
 * `GET /v1/services/:name/watch`: the answer now, then each other one, whole each time; while the node's own view is not
 * whole, a frame `not-yet` in place of the first. What a client has not read yet is never more than one frame beyond its socket's buffer: it then skips to the newest answer.
 */
export function watchService(
  context: Context<{ Bindings: HttpBindings }>,
  node: NodeApi,
  clients: WaitingClients,
  { query, pages }: { readonly query: ServiceQuery; readonly pages: ServicePages },
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
  const watcher = new Watcher(outgoing, onDropped, () => {
    const answer = node.directory.ask(query);
    return answer && { index: answer.index, frame: () => pages.frame(answer) };
  });
  if (node.directory.notYet !== null) outgoing.write(notYetFrame(node));
  watcher.tell();
  const unsubscribe = node.directory.subscribe(query, () => watcher.tell());
  const stopWaiting = node.directory.onReady(() => watcher.tell());
  const end = () => watcher.end();
  clients.ended.addEventListener("abort", end);
  if (clients.ended.aborted) end();
  outgoing.once("close", () => {
    unsubscribe();
    stopWaiting();
    watcher.close();
    clients.ended.removeEventListener("abort", end);
    release();
  });
  // Written past the framework, whose streams cost several times as much for each of a thousand watchers.
  return RESPONSE_ALREADY_SENT;
}

interface Newest {
  readonly index: number;
  readonly frame: () => Promise<Buffer>;
}

/** One client, and what it is still owed. */
class Watcher {
  private readonly outgoing: ServerResponse;
  private readonly onDropped: () => void;
  private readonly newest: () => Newest | undefined;
  private toldIndex: number | undefined;
  private readonly beating: NodeJS.Timeout;
  private isOwed = false;
  /** A frame for it is being made. */
  private isMaking = false;
  private isEnding = false;
  private fullSinceMs: Millis | undefined;

  constructor(outgoing: ServerResponse, onDropped: () => void, newest: () => Newest | undefined) {
    this.outgoing = outgoing;
    this.onDropped = onDropped;
    this.newest = newest;
    this.beating = setInterval(() => this.beat(), HEARTBEAT_MS);
    outgoing.on("drain", () => {
      this.fullSinceMs = undefined;
      if (this.isOwed) this.tell();
    });
  }

  tell(): void {
    this.isOwed = this.isMaking || this.fullSinceMs !== undefined;
    const newest = this.isOwed ? undefined : this.newest();
    if (newest === undefined || newest.index === this.toldIndex) return;
    this.toldIndex = newest.index;
    this.isMaking = true;
    void newest.frame().then((frame) => this.take(frame));
  }

  /** Ends it, after the frame that is being made. */
  end(): void {
    this.isEnding = true;
    if (!this.isMaking) this.outgoing.end();
  }

  close(): void {
    clearInterval(this.beating);
  }

  private take(frame: Buffer): void {
    this.isMaking = false;
    this.write(frame);
    if (this.isEnding) this.outgoing.end();
    else if (this.isOwed) this.tell();
  }

  private beat(): void {
    if (this.fullSinceMs === undefined) this.write(": still here\n\n");
    else if (performance.now() - this.fullSinceMs >= UNREAD_MS_MAX) this.drop();
  }

  private write(frame: Buffer | string): void {
    if (this.outgoing.writableEnded || this.outgoing.destroyed) return;
    if (!this.outgoing.write(frame)) this.fullSinceMs = performance.now();
  }

  private drop(): void {
    this.close();
    this.onDropped();
    this.outgoing.end(DROPPED);
    setTimeout(() => this.outgoing.destroy(), DROP_GRACE_MS).unref();
  }
}

function notYetFrame(node: NodeApi): string {
  return `event: not-yet\ndata: ${JSON.stringify(notYetBody(node))}\n\n`;
}
