import { untilReady } from "../../src/control/client/client-ready.ts";
import type { ServiceAnswer, ServiceOptions } from "../../src/control/client.ts";
import { formatNames } from "../../src/text/quantities.ts";
import { ConditionNotMetError } from "../errors.ts";
import { formatService, formatServiceSummary, formatServices } from "../format/services.ts";
import { printJson } from "../output.ts";
import type { Session } from "../session.ts";
import { dialAgain } from "./connection-notes.ts";

/** A node that has just started has synced by then, or knows that it is alone. */
const PATIENCE_MS = 30_000;

/** What `hearsay resolve` was asked for. */
export interface ResolveArgs {
  readonly service?: string | undefined;
  readonly maxPhi?: number | undefined;
  readonly tag?: string | undefined;
  readonly near: boolean;
  readonly watch: boolean;
}

/**
 * Lists the endpoints of one service as a consumer gets them, once or with every change; without one, all services.
 *
 * @throws ConditionNotMetError when the service has no endpoint to be used
 */
export async function resolve(session: Session, args: ResolveArgs): Promise<void> {
  const { service, maxPhi, tag, near, watch } = args;
  if (service === undefined) return showServices(session);
  const wanted = { maxPhi, tag, nearSelf: near };
  if (watch) await watchService(session, service, wanted);
  const { client, output } = session;
  const answer = await untilReady(() => client.service(service, wanted), patienceOf(output));
  tell(session, answer);
  if (answer.endpoints.length > 0) return;
  throw new ConditionNotMetError(await whyNone(session, answer));
}

/** Lists every service that a member offers. */
async function showServices({ client, output }: Session): Promise<void> {
  const body = await untilReady(() => client.services(), patienceOf(output));
  if (printJson(output, body)) return;
  if (body.services.length === 0) {
    output.talk("No member offers a service; start one with hearsay start --service web:8080.");
    return;
  }
  for (const line of formatServices(output.style, body.services)) output.data(line);
  output.talk("hearsay resolve <service> lists the endpoints of one.");
}

async function watchService(session: Session, service: string, wanted: ServiceOptions) {
  const { client, output } = session;
  // A node that never answered is told as such; one that is watched is waited for.
  await client.self();
  for await (const answer of client.watchService(service, { ...wanted, ...dialAgain(output) })) {
    tell(session, answer);
    if (output.json) continue;
    if (answer.known === 0) output.talk(`No endpoint of ${service} is known yet.`);
    output.data("");
  }
}

function patienceOf(output: Session["output"]) {
  return { patienceMs: PATIENCE_MS, onWaiting: (why: string) => output.talk(`${why}; waiting`) };
}

function tell({ output }: Session, { startId: _, ...body }: ServiceAnswer): void {
  if (printJson(output, body) || body.known === 0) return;
  for (const line of formatService(output.style, body)) output.data(line);
  output.talk(formatServiceSummary(body));
}

async function whyNone({ client }: Session, { self, service, known }: ServiceAnswer) {
  if (known > 0) return `no endpoint of ${service} is usable as ${self} sees it`;
  const names = (await client.services()).services.map(({ name }) => name);
  const others = names.length === 0 ? "no service at all" : `only ${formatNames(names)}`;
  return `${self} knows no endpoint of ${service}; it knows ${others}`;
}
