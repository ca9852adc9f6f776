import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { EventLog } from "../../../src/control/event-log.ts";
import type { NodeEvent } from "../../../src/core/effect.ts";
import type { DaemonLog } from "../../../src/daemon/daemon-log.ts";
import { EventHandlers } from "../../../src/daemon/messaging/event-handlers.ts";
import { parseEventHandler } from "../../../src/daemon/messaging/handler-spec.ts";
import { A_MOMENT, changed } from "../../control/fake-node.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";

let directory: string;
let notes: string[];
/** Called with each note. */
let onNote: () => void = () => undefined;

/** Waits for so many notes. */
function told(count: number): Promise<void> {
  return new Promise((resolve) => {
    onNote = () => {
      if (notes.length >= count) resolve();
    };
    onNote();
  });
}

beforeEach(() => {
  directory = temporaryDirectory();
  notes = [];
});
const log: DaemonLog = {
  event: () => undefined,
  note: (level, event, message) => {
    if (level !== "debug") notes.push(`${event}: ${message}`);
    onNote();
  },
  setLevel: () => undefined,
};

function handlersOf(texts: readonly string[], timeoutMs = 10_000) {
  const events = new EventLog();
  const specs = texts.map((text) => {
    const spec = parseEventHandler(text);
    if (typeof spec === "string") throw new Error(spec);
    return spec;
  });
  const env = { OUT: join(directory, "out") };
  const handlers = new EventHandlers({ specs, events, log, env, timeoutMs });
  return { handlers, happen: (event: NodeEvent) => void events.append(event, A_MOMENT) };
}

function userEvent(name: string, seq = 1): NodeEvent {
  return { kind: "user-event", origin: "n1", startId: "", seq, name, payload: "" };
}

function lines(): string[] {
  return readFileSync(join(directory, "out"), "utf8").trim().split("\n");
}

test("a handler reads each event as one line of JSON, in order and one at a time", async () => {
  const { handlers, happen } = handlersOf([
    'read line; case "$line" in *n1*) sleep 0.2;; esac; echo "$line" >> "$OUT"',
  ]);
  for (const name of ["n1", "n2", "n3", "n4"]) happen(changed(name));
  await handlers.close();
  expect(lines().map((line) => JSON.parse(line))).toMatchObject(
    ["n1", "n2", "n3", "n4"].map((member, at) => ({
      event: "member-changed",
      member,
      index: at + 1,
    })),
  );
});

test("a handler is run for what it asks for, and without a wish for what the log shows", async () => {
  const { handlers, happen } = handlersOf([
    'user-event:deploy,stalled=echo one >> "$OUT"',
    'echo all >> "$OUT"',
  ]);
  happen(userEvent("deploy"));
  happen(userEvent("other"));
  happen({ kind: "stalled", stalledMs: 1 });
  happen(changed("n1"));
  await handlers.close();
  expect(lines().sort()).toEqual(["all", "all", "all", "one", "one"]);
});

test("a handler that fails or hangs is told of, and the next event still comes to it", async () => {
  const command = 'read line; echo x >> "$OUT"; case "$line" in *hang*) sleep 1000;; esac; exit 4';
  const { handlers, happen } = handlersOf([command], 1500);
  happen(userEvent("hang"));
  happen(userEvent("fail"));
  await told(2);
  await handlers.close();
  expect(lines()).toHaveLength(2);
  expect(notes[0]).toMatch(/^handler-failed: .* for user-event did not end within 1.5 s/);
  expect(notes[1]).toMatch(/^handler-failed: .* for user-event failed with exit code 4/);
});

test("a handler that falls behind loses events beyond its queue, and that is said once", async () => {
  const { handlers, happen } = handlersOf(["user-event=cat > /dev/null; sleep 1000"]);
  for (let seq = 1; seq <= 300; seq++) happen(userEvent("deploy", seq));
  expect(notes).toEqual([expect.stringMatching(/^handler-behind: .*256 events behind/)]);
  await handlers.close();
});
