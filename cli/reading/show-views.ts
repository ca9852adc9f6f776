import { formatViews, formatViewsSummary } from "../format/views.ts";
import type { Session } from "../session.ts";

const VIEWS_WAIT_MS = 800;

/** Who sees what, as far as the attached node can ask. */
export async function showViews({ client, output }: Session): Promise<void> {
  const body = await client.views({ waitMs: VIEWS_WAIT_MS });
  if (output.json) {
    output.data(JSON.stringify(body));
    return;
  }
  for (const line of formatViews(output.style, body)) output.data(line);
  output.talk(formatViewsSummary(body));
}
