import { closeSync, openSync, writeSync } from "node:fs";
import { ConfigError } from "../../../src/core/errors.ts";
import type { ScreenSize } from "../model/layout.ts";

/** Writes what was shown as an asciicast (version 2), which asciinema and its players replay. */
export interface CastRecorder {
  output(text: string): void;
  resize(size: ScreenSize): void;
  close(): void;
}

export interface CastFacts {
  readonly path: string;
  readonly size: ScreenSize;
  /** Wall clock at the beginning. */
  readonly startedAtMs: number;
  /** Monotonic. */
  readonly nowMs: () => number;
}

/** @throws ConfigError when the file cannot be written */
export function recordCast({ path, size, startedAtMs, nowMs }: CastFacts): CastRecorder {
  const file = openFile(path);
  const startMs = nowMs();
  const line = (value: unknown) => writeSync(file, `${JSON.stringify(value)}\n`);
  const event = (kind: "o" | "r", data: string) =>
    line([Number(((nowMs() - startMs) / 1000).toFixed(6)), kind, data]);
  line({
    version: 2,
    width: size.columns,
    height: size.rows,
    timestamp: Math.floor(startedAtMs / 1000),
    title: "hearsay dashboard",
    env: { TERM: process.env.TERM ?? "xterm-256color" },
  });
  return {
    output: (text) => event("o", text),
    resize: ({ columns, rows }) => event("r", `${columns}x${rows}`),
    close: () => closeSync(file),
  };
}

function openFile(path: string): number {
  try {
    return openSync(path, "w");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(
      `record: ${JSON.stringify(path)} cannot be written (${code}); name a file in a directory that exists`,
    );
  }
}
