import { render, useInput } from "ink";
import type { ReactNode } from "react";
import { type ControlTarget, connectControl } from "../../src/control/client.ts";
import type { TextStyle } from "../format/text-style.ts";
import { DashboardSession, type ExtraKeys } from "./dashboard-session.ts";
import { Dashboard, type DashboardProps } from "./drawing/dashboard.tsx";
import { LineStandIns, StandInsContext } from "./drawing/line-stand-ins.tsx";
import { keyNames } from "./keys/key-map.ts";
import type { ScreenSize } from "./model/layout.ts";
import type { Scene } from "./model/scene.ts";
import { readSelf } from "./reading/node-feed.ts";
import { type CastRecorder, recordCast } from "./sink/cast-recorder.ts";
import { FrameSink } from "./sink/frame-sink.ts";
import { takeTerminal } from "./sink/terminal.ts";
import { chooseTheme } from "./theme/theme.ts";

export interface DashboardChoice {
  readonly target: ControlTarget;
  readonly style: TextStyle;
  /** File for an asciicast of what was shown. */
  readonly recordPath?: string | undefined;
  readonly extra?: ExtraKeys | undefined;
  /** What draws a scene; the dashboard itself where left out. */
  readonly draw?: (props: DashboardProps) => ReactNode;
}

/**
 * The dashboard on this process's terminal, until `q`, Ctrl-C or a signal. The terminal is left as it was found.
 *
 * @throws NodeUnreachableError before anything is drawn, when no hearsay node answers
 */
export async function runDashboard(choice: DashboardChoice): Promise<void> {
  const probe = connectControl(choice.target.url, choice.target);
  await readSelf(probe).finally(() => probe.close());
  const size = sizeOf(process.stdout);
  const recorder = choice.recordPath === undefined ? undefined : record(choice.recordPath, size);
  const terminal = takeTerminal(process);
  const write = (text: string) => {
    terminal.write(text);
    recorder?.output(text);
  };
  try {
    await live(choice, size, write, recorder);
  } finally {
    terminal.restore();
    recorder?.close();
  }
}

/** Draws scenes until the reader or a signal ends it. Rejects with what a component threw. */
async function live(
  choice: DashboardChoice,
  size: ScreenSize,
  write: (text: string) => void,
  recorder: CastRecorder | undefined,
): Promise<void> {
  const standIns = new LineStandIns();
  const sink = new FrameSink({ size, write, linesOf: (frame) => standIns.replaceIn(frame) });
  let quit = () => {};
  const quitting = new Promise<void>((resolve) => {
    quit = resolve;
  });
  const session = new DashboardSession({
    target: choice.target,
    size,
    extra: choice.extra,
    onScene: (scene) => ink.rerender(frameOf(scene)),
    onCopy: (text) => write(`\x1b]52;c;${Buffer.from(text).toString("base64")}\x07`),
    onQuit: () => quit(),
  });
  const Draw = choice.draw ?? Dashboard;
  const frameOf = (scene?: Scene): ReactNode => (
    <StandInsContext value={standIns}>
      <Keyboard onKey={(key) => session.press(key)} />
      {scene && <Draw scene={scene} theme={chooseTheme(choice.style, scene.ui.palette)} />}
    </StandInsContext>
  );
  // Nothing is drawn until there is something to show, which is a few milliseconds away.
  const ink = render(frameOf(), {
    stdout: sink as unknown as NodeJS.WriteStream,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  const onResize = () => {
    const resized = sizeOf(process.stdout);
    sink.resize(resized);
    recorder?.resize(resized);
    session.resize(resized);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.once(signal, quit);
  process.stdout.on("resize", onResize);
  try {
    await Promise.race([quitting, ink.waitUntilExit()]);
  } finally {
    for (const signal of signals) process.removeListener(signal, quit);
    process.stdout.off("resize", onResize);
    session.end();
    sink.close();
    ink.unmount();
  }
}

function Keyboard({ onKey }: { readonly onKey: (key: string) => void }) {
  useInput((input, key) => {
    for (const name of keyNames(input, key)) onKey(name);
  });
  return null;
}

function record(path: string, size: ScreenSize): CastRecorder {
  return recordCast({ path, size, startedAtMs: Date.now(), nowMs: () => performance.now() });
}

function sizeOf({ columns, rows }: NodeJS.WriteStream): ScreenSize {
  return { columns: columns || 80, rows: rows || 24 };
}
