import { expect, test } from "vitest";
import { ConditionNotMetError, judgeError, UsageError } from "../../cli/errors.ts";
import { NodeUnreachableError, RequestRefusedError } from "../../src/control/client.ts";
import { ConfigError, InvariantError } from "../../src/core/errors.ts";

test.each([
  [new UsageError("bad"), 2],
  [new ConfigError("bad"), 2],
  [new ConditionNotMetError("not yet"), 1],
  [new RequestRefusedError(409, "it lives"), 1],
  [new NodeUnreachableError("http://127.0.0.1:1", "nothing listens", "start one"), 3],
])("%s is one line and exit code %i", (error, exitCode) => {
  expect(judgeError(error)).toEqual({ exitCode, text: `hearsay: ${error.message}` });
});

test.each([new InvariantError("a rule"), new TypeError("x is undefined"), "thrown text"])(
  "%s is our bug: exit code 70",
  (error) => {
    expect(judgeError(error).exitCode).toBe(70);
  },
);

test("too few files to open is no bug: one line says which limit to raise", () => {
  const error = Object.assign(new Error("EMFILE: too many open files"), { code: "EMFILE" });
  expect(judgeError(error)).toEqual({
    exitCode: 1,
    text: "hearsay: this process may open no more files; raise its limit to 256 or more (ulimit -n, LimitNOFILE)",
  });
});

test("a bug shows its stack", () => {
  expect(judgeError(new InvariantError("a rule")).text).toMatch(/bug[\s\S]*a rule[\s\S]*\n\s+at /);
});
