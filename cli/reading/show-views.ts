import { formatExplanation, hearingsOf } from "../format/explanation.ts";
import { formatViews, formatViewsSummary } from "../format/views.ts";
import { printJson } from "../output.ts";
import type { Session } from "../session.ts";

const VIEWS_WAIT_MS = 800;

/** Who sees what, as far as the attached node can ask. */
export async function showViews({ client, output }: Session): Promise<void> {
  const body = await client.views({ waitMs: VIEWS_WAIT_MS });
  if (printJson(output, body)) return;
  for (const line of formatViews(output.style, body)) output.data(line);
  output.talk(formatViewsSummary(body));
}

const HEARINGS_WAIT_MS = 400;

/** Tells why a member is what it is, with who else still hears it. */
export async function showExplanation(
  { client, output }: Session,
  { member }: { readonly member: string },
): Promise<void> {
  const body = await client.explain(member);
  const hearings = hearingsOf(member, await client.views({ waitMs: HEARINGS_WAIT_MS }));
  if (printJson(output, { ...body, heardBy: hearings })) return;
  for (const line of formatExplanation(output.style, body, hearings)) output.data(line);
}
