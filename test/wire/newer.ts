import type { Update } from "../../src/core/member.ts";
import type { Message, MessageBody } from "../../src/core/message.ts";
import { pack, unpack } from "../../src/wire/msgpack.ts";

// A newer version is made of this one's messages, whose trees are written here from docs/protocol.md, and not by the codec.

/** Elements of each array with all that may be left out; bodies without such an entry have none that may be. */
const LENGTHS = { payload: 6, header: 4, record: 12, service: 7, entry: 5 };
const BODY_LENGTHS: Partial<Record<MessageBody["kind"], number>> = {
  ping: 4,
  ack: 4,
  "ping-req": 6,
  "record-request": 2,
  "sync-request": 6,
  "sync-page": 4,
  "view-request": 3,
};
const UPDATE_LENGTHS = [6, 8, 7, 3];

/** An array of what travels. */
export type Tree = unknown[];

/** What a newer version does to one array, and to a number that stands for something. */
export interface Newer {
  readonly extend: (array: Tree, length: number) => void;
  /** Whether the element at `at` of `array` was replaced by a number that is not known. */
  readonly renumber: (array: Tree, at: number) => boolean;
}

/** What is in front of a payload in the clear, up to the length of the label, which is in front of the rest. */
const PLAIN_BYTES = 19;

/**
 * `sent`, which says `message`, as a newer version would write it, and what this one has to read in it: all that it knows,
 * without the smallest thing that makes no sense without a number that it does not know.
 */
export function newerOf(
  message: Message,
  sent: Uint8Array,
  newer: Newer,
): { datagram: Uint8Array; expected: Message } {
  const headBytes = PLAIN_BYTES + (sent[PLAIN_BYTES - 1] ?? 0);
  const parts = unpack(sent.subarray(headBytes)) as Tree;
  const [head, , fields, updates, notices] = parts as [Tree, number, Tree, Tree[], Tree[]?];
  let { body } = message;
  if (body.kind === "view-page") {
    const entries = body.entries.filter((_, at) => {
      const entry = (fields[2] as Tree[])[at] as Tree;
      newer.extend(entry, LENGTHS.entry);
      return !newer.renumber(entry, 1);
    });
    body = { ...body, entries };
  }
  newer.extend(fields, BODY_LENGTHS[body.kind] ?? fields.length);
  if (newer.renumber(parts, 1)) body = { kind: "gossip" };
  const read = message.updates.flatMap((each, at) => newerUpdate(each, updates[at] ?? [], newer));
  const messages = message.news?.messages.filter((_, at) => {
    const notice = notices?.[at] ?? [];
    newer.extend(notice, notice.length);
    return !newer.renumber(notice, 0);
  });
  newer.extend(head, LENGTHS.header);
  newer.extend(parts, LENGTHS.payload);
  return {
    datagram: Uint8Array.of(...sent.subarray(0, headBytes), ...pack(parts as never)),
    expected: {
      header: message.header,
      body,
      updates: read,
      ...(message.news && messages && { news: { ...message.news, messages } }),
    },
  };
}

function newerUpdate(update: Update, tree: Tree, newer: Newer): Update[] {
  newer.extend(tree, UPDATE_LENGTHS[tree[0] as number] ?? 0);
  if (newer.renumber(tree, 0)) return [];
  if (update.kind === "accusation") {
    return [newer.renumber(tree, 5) ? { ...update, evidence: "silence" as const } : update];
  }
  if (update.kind === "verdict") {
    if (newer.renumber(tree, 4)) return [];
    const causes = { dead: "quorum", left: "leave", forgotten: "forget" } as const;
    return [newer.renumber(tree, 6) ? { ...update, cause: causes[update.state] } : update];
  }
  if (update.kind === "deaths") {
    return [newer.renumber(tree, 1) ? { ...update, cause: "quorum" as const } : update];
  }
  const record = unpack(tree[4] as Uint8Array) as Tree;
  const services = update.record.services.map((service, at) => {
    const fields = (record[6] as Tree[])[at] as Tree;
    const health = fields.length > 2 && newer.renumber(fields, 2) ? "unknown" : service.health;
    newer.extend(fields, LENGTHS.service);
    return { ...service, health } as const;
  });
  newer.extend(record, LENGTHS.record);
  tree[4] = Uint8Array.from(pack(record as never));
  return newer.renumber(tree, 1) ? [] : [{ ...update, record: { ...update.record, services } }];
}
