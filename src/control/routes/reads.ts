import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { validator } from "hono/validator";
import type { Millis } from "../../core/member.ts";
import { type ExplainBody, type SelfBody, START_ID_HEADER } from "../api-types.ts";
import { explainBody, selfBody } from "../bodies.ts";
import type { NodeApi } from "../node-api.ts";
import { EventBroadcast } from "./event-broadcast.ts";
import { streamEvents } from "./event-stream.ts";
import { MembersPolls } from "./members-polls.ts";
import { METRICS_TYPE } from "./metric-samples.ts";
import type { Page, PageMaker } from "./page-maker.ts";
import { createPages } from "./pages.ts";
import {
  readEventsQuery,
  readMemberParam,
  readMembersQuery,
  readViewsQuery,
} from "./parameters.ts";
import type { WaitingClients } from "./waiting.ts";

const WAIT_MS_DEFAULT: Millis = 30_000;
const VIEWS_RETRY_MS: Millis = 250;
const JSON_TYPE = "application/json";

/** Everything that only looks. */
export function readRoutes(node: NodeApi, clients: WaitingClients, maker: PageMaker) {
  const broadcast = new EventBroadcast(node, (why) => clients.noteDropped(why));
  clients.ended.addEventListener("abort", () => broadcast.end());
  const pages = createPages(node, clients, maker);
  const polls = new MembersPolls(node, clients, pages.members);
  return new Hono<{ Bindings: HttpBindings }>()
    .get("/self", (context) => context.json<SelfBody>(selfBody(node)))
    .get("/members", validator("query", readMembersQuery), async (context) => {
      const { index, wait: waitMs = WAIT_MS_DEFAULT, startId } = context.req.valid("query");
      const known = context.req.header(START_ID_HEADER) ?? startId;
      if (index === undefined) return sendPage(context, await pages.members.read());
      polls.add(context.env.outgoing, isOfNow(index, known, node) ? waitMs : 0);
      return RESPONSE_ALREADY_SENT;
    })
    .get("/members/:name", validator("param", readMemberParam), (context) => {
      const { name } = context.req.valid("param");
      const body = explainBody(node, name);
      if (body === undefined) {
        throw new HTTPException(404, {
          message: `${node.identity.name} knows no member called ${name}`,
        });
      }
      return context.json<ExplainBody>(body);
    })
    .get("/events", validator("query", readEventsQuery), (context) => {
      const { since, follow } = context.req.valid("query");
      const lastEventId = context.req.header("last-event-id");
      return streamEvents(
        context,
        node,
        clients,
        { broadcast, members: pages.members },
        {
          lastEventId,
          since,
          follow: follow !== "false",
        },
      );
    })
    .get("/views", validator("query", readViewsQuery), async (context) => {
      const { wait = 0 } = context.req.valid("query");
      await clients.hold(() => refreshViews(node, wait, clients));
      return sendPage(context, await pages.views.read());
    })
    .get("/paths", async (context) => {
      if (pages.paths === undefined) {
        const message = `${node.identity.name} is a member of its cluster; paths are known to a guest (hearsay guest) alone`;
        throw new HTTPException(404, { message });
      }
      return sendPage(context, await pages.paths.read());
    })
    .get("/metrics", async (context) => {
      return sendPage(context, await pages.metrics.read(), METRICS_TYPE);
    });
}

function sendPage(context: Context, { bytes }: Page, type = JSON_TYPE): Response {
  return context.body(bytes, 200, { "content-type": type });
}

/** Whether there is something to wait for: that index may speak of another run of the process, or of what is to come. */
function isOfNow(index: number, startId: string | undefined, node: NodeApi): boolean {
  const isForeign = startId !== undefined && startId !== node.identity.startId;
  return !isForeign && index === node.events.newest;
}

async function refreshViews(node: NodeApi, waitMs: Millis, clients: WaitingClients): Promise<void> {
  const endMs = performance.now() + waitMs;
  while (node.views.refresh(node.snapshot()) && !clients.ended.aborted) {
    const leftMs = endMs - performance.now();
    if (leftMs <= 0) return;
    await node.views.nextAnswer(Math.min(leftMs, VIEWS_RETRY_MS));
  }
}
