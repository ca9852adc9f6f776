import { expect, test } from "vitest";
import { NEVER } from "../../../src/core/primitives/deadlines.ts";
import { Inquiries } from "../../../src/core/sending/inquiries.ts";

/** Inquiries of three tries, 100 ms apart; what was asked and given up, with its time. */
function inquiries() {
  const log: string[] = [];
  let seq = 0;
  const asked = new Inquiries<string, string>({
    tries: 3,
    waitMs: 100,
    ask: ({ subject }, now) => {
      log.push(`${now} ask ${subject}`);
      seq++;
      return seq;
    },
    onSilence: (subject, now) => log.push(`${now} silent ${subject}`),
  });
  const run = (until: number): void => {
    while (asked.nextDeadline() <= until) asked.wake(asked.nextDeadline());
  };
  return { asked, log, run };
}

test("a question is asked three times, and given up after the last wait", () => {
  const { asked, log, run } = inquiries();
  asked.begin("k", "b", 0);
  run(1000);
  expect(log).toEqual(["0 ask b", "100 ask b", "200 ask b", "300 silent b"]);
  expect([asked.size, asked.nextDeadline()]).toEqual([0, NEVER]);
});

test("an answer to any of its pings finds it, and ends it", () => {
  const { asked, log, run } = inquiries();
  asked.askNow("k", "b", 0);
  run(150);
  expect([asked.keyOf(1), asked.keyOf(2), asked.keyOf(3)]).toEqual(["k", "k", undefined]);
  expect(asked.end("k")).toBe(true);
  run(1000);
  expect(log).toEqual(["0 ask b", "100 ask b"]);
});

test("the next part of a question has all tries anew", () => {
  const { asked, log, run } = inquiries();
  const inquiry = asked.begin("k", "b", 0);
  run(200);
  asked.askNext(inquiry, 250);
  run(1000);
  expect(log.slice(3)).toEqual(["250 ask b", "350 ask b", "450 ask b", "550 silent b"]);
});

test("a span in which this node could not hear delays a try by one wait at most", () => {
  const { asked, log, run } = inquiries();
  asked.askNow("k", "b", 0);
  asked.shift(5000, 50);
  run(149);
  expect(log).toEqual(["0 ask b"]);
  run(150);
  expect(log).toEqual(["0 ask b", "150 ask b"]);
});
