import { EventEmitter } from "node:events";
import { Box, render, Text } from "ink";
import type { ReactNode } from "react";
import {
  LineStandIns,
  PaintedLines,
  StandInsContext,
} from "../../../../cli/dashboard/drawing/line-stand-ins.tsx";
import { FIRST_UI } from "../../../../cli/dashboard/keys/ui-state.ts";
import { composeScene } from "../../../../cli/dashboard/model/scene.ts";
import { renderFrame } from "../../../../cli/dashboard/render-frame.tsx";
import { chooseTheme } from "../../../../cli/dashboard/theme/theme.ts";
import { NOW_MS, troubledPicture } from "../states.ts";

/** What Ink costs to draw the same frames of the dashboard, once with stand-ins for lines and once with texts. */
const SIZE = { columns: 140, rows: 40 };
const PEERS = [5, 200];
const WARM_UP = 50;
const FRAMES = 1000;
const BYTES_PER_MIB = 1024 ** 2;

type Draw = (lines: readonly string[]) => ReactNode;

class Screen extends EventEmitter {
  readonly columns = SIZE.columns;
  readonly rows = SIZE.rows;
  readonly onFrame: (frame: string) => void;

  constructor(onFrame: (frame: string) => void) {
    super();
    this.onFrame = onFrame;
  }

  write(frame: string): boolean {
    this.onFrame(frame);
    return true;
  }
}

/** A second of the dashboard's frames is repeated with a clock that goes on: no frame is as another. */
function framesOf(peers: number): (at: number) => string[] {
  const state = troubledPicture(peers);
  const theme = chooseTheme({ color: true, ascii: false }, "color");
  const scene = composeScene({ state, ui: FIRST_UI, size: SIZE, nowMs: NOW_MS });
  const lines = renderFrame(scene, theme);
  return (at) =>
    lines.map((line) =>
      line.replace(/\d/, String(at % 10)).replace(/ {6}/, String(at).padStart(6)),
    );
}

function measure(frameAt: (at: number) => readonly string[], draw: Draw, screen: Screen) {
  const ink = render(draw(frameAt(0)), {
    stdout: screen as unknown as NodeJS.WriteStream,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  for (let at = 1; at <= WARM_UP; at++) ink.rerender(draw(frameAt(at)));
  const heapBefore = heapInUse();
  const cpuBefore = process.cpuUsage();
  for (let at = 1; at <= FRAMES; at++) ink.rerender(draw(frameAt(WARM_UP + at)));
  const { user, system } = process.cpuUsage(cpuBefore);
  const keptMiB = (heapInUse() - heapBefore) / BYTES_PER_MIB;
  ink.unmount();
  return { msPerFrame: (user + system) / 1000 / FRAMES, keptMiB };
}

function heapInUse(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function asTexts(lines: readonly string[]): ReactNode {
  return (
    <Box flexDirection="column" width={SIZE.columns}>
      {lines.map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is its row
        <Text key={at} wrap="truncate">
          {line}
        </Text>
      ))}
    </Box>
  );
}

const standIns = new LineStandIns();
function asStandIns(lines: readonly string[]): ReactNode {
  return (
    <StandInsContext value={standIns}>
      <PaintedLines columns={SIZE.columns} lines={lines} />
    </StandInsContext>
  );
}

for (const peers of PEERS) {
  const frameAt = framesOf(peers);
  const ways: readonly [string, Draw, Screen][] = [
    ["stand-ins", asStandIns, new Screen((frame) => standIns.replaceIn(frame))],
    ["texts of Ink", asTexts, new Screen(() => undefined)],
  ];
  for (const [name, draw, screen] of ways) {
    const { msPerFrame, keptMiB } = measure(frameAt, draw, screen);
    process.stdout.write(
      `${peers} peers, ${name}: ${msPerFrame.toFixed(2)} ms of CPU a frame, ${keptMiB.toFixed(1)} MiB kept of ${FRAMES} frames\n`,
    );
  }
}
process.exit(0);
