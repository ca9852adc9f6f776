import { untilReady } from "../../src/control/client/client-ready.ts";
import type { ServiceAnswer, ServiceOptions } from "../../src/control/client.ts";
import { formatNames } from "../../src/text/quantities.ts";
import { ConditionNotMetError } from "../errors.ts";
import { formatService, formatServiceSummary, formatServices } from "../format/services.ts";
import type { Session } from "../session.ts";
import { ConnectionNotes } from "./connection-notes.ts";

/** A node that has just started has synced by then, or knows that it is alone. */
const PATIENCE_MS = 30_000;

export interface ServiceChoice extends ServiceOptions {
  readonly service: string;
  readonly watch: boolean;
}

/** Lists every service that a member offers. */
export async function showServices({ client, output }: Session): Promise<void> {
  const body = await untilReady(() => client.services(), patienceOf(output));
  if (output.json) {
    output.data(JSON.stringify(body));
    return;
  }
  if (body.services.length === 0) {
    output.talk("No member offers a service; start one with hearsay start --service web:8080.");
    return;
  }
  for (const line of formatServices(output.style, body.services)) output.data(line);
  output.talk("hearsay resolve <service> lists the endpoints of one.");
}

/**
 * Lists the endpoints of one service as a consumer gets them, once or with every change.
 *
 * @throws ConditionNotMetError when there is none to be used
 */
export async function showService(session: Session, choice: ServiceChoice): Promise<void> {
  const { client, output } = session;
  const { service, watch, ...wanted } = choice;
  if (watch) {
    const notes = new ConnectionNotes(output);
    // A node that never answered is told as such; one that is watched is waited for.
    await client.self();
    const stream = client.watchService(service, {
      ...wanted,
      reconnect: true,
      onConnection: ({ error }) => (error === undefined ? notes.back() : notes.lost(error.message)),
    });
    for await (const answer of stream) {
      tell(session, answer);
      if (!output.json && answer.known === 0)
        output.talk(`No endpoint of ${service} is known yet.`);
      if (!output.json) output.data("");
    }
  }
  const answer = await untilReady(() => client.service(service, wanted), patienceOf(output));
  tell(session, answer);
  if (answer.endpoints.length > 0) return;
  throw new ConditionNotMetError(await whyNone(session, answer));
}

function patienceOf(output: Session["output"]) {
  return { patienceMs: PATIENCE_MS, onWaiting: (why: string) => output.talk(`${why}; waiting`) };
}

function tell({ output }: Session, { startId: _, ...body }: ServiceAnswer): void {
  if (output.json) {
    output.data(JSON.stringify(body));
    return;
  }
  if (body.known === 0) return;
  for (const line of formatService(output.style, body)) output.data(line);
  output.talk(formatServiceSummary(body));
}

async function whyNone({ client }: Session, { self, service, known }: ServiceAnswer) {
  if (known > 0) return `no endpoint of ${service} is usable as ${self} sees it`;
  const names = (await client.services()).services.map(({ name }) => name);
  const others = names.length === 0 ? "no service at all" : `only ${formatNames(names)}`;
  return `${self} knows no endpoint of ${service}; it knows ${others}`;
}
