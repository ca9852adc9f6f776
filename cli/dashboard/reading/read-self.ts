import type { SelfBody } from "../../../src/control/api-types.ts";
import { type ControlClient, NodeUnreachableError } from "../../../src/control/client.ts";

/** What a node of this version tells, and those before did not. */
const NEEDED = ["counts", "traffic", "faults", "panics", "phiSuspect"] as const;

/**
 * What the node says of itself.
 *
 * @throws NodeUnreachableError also when it is of an older version that tells too little to be shown
 */
export async function readSelf(client: ControlClient): Promise<SelfBody> {
  const body = await client.self();
  const missing = NEEDED.find((field) => body[field] === undefined);
  if (missing === undefined) return body;
  throw new NodeUnreachableError(
    client.url,
    `it runs hearsay ${body.version}, which does not tell its ${missing}`,
    "start it with a newer hearsay",
  );
}
