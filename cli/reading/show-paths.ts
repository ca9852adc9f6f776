import { isWorthARow, PATH_COLUMNS, pathRow, summarizePaths } from "../../src/text/paths.ts";
import { ConditionNotMetError } from "../errors.ts";
import { formatTitledTable } from "../format/text-style.ts";
import { printJson } from "../output.ts";
import type { Session } from "../session.ts";

/** What `hearsay paths` was asked for. */
export interface PathsArgs {
  readonly all: boolean;
}

/** Which member cannot hear which. @throws ConditionNotMetError where a path is down */
export async function showPaths({ client, output }: Session, { all }: PathsArgs): Promise<void> {
  const body = await client.paths();
  const rows = body.paths.filter((path) => all || isWorthARow(path));
  if (!printJson(output, body) && rows.length > 0) {
    const lines = formatTitledTable(output.style, PATH_COLUMNS, rows.map(pathRow));
    for (const line of lines) output.data(line);
  }
  const summary = summarizePaths(body.paths);
  if (body.paths.some(({ downForMs }) => downForMs !== null)) {
    throw new ConditionNotMetError(`paths: ${summary}`);
  }
  output.talk(summary);
}
