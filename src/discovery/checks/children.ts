import type { ChildProcess } from "node:child_process";

/** What a child wrote so far, in the order in which it came. */
export interface ChildOutput {
  /** Of one stream, or of both. */
  text(stream?: "stdout" | "stderr"): string;
  /** It wrote more than it may; what is beyond that is lost. */
  isTooMuch(): boolean;
}

/** Keeps what a child writes, up to so many bytes; what it writes beyond them calls `onTooMuch`. */
export function collectOutput(
  child: ChildProcess,
  bytesMax: number,
  onTooMuch: () => void,
): ChildOutput {
  const chunks: { readonly stream: "stdout" | "stderr"; readonly chunk: Buffer }[] = [];
  let bytes = 0;
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.on("error", () => undefined);
    child[stream]?.on("data", (chunk: Buffer) => {
      chunks.push({ stream, chunk: chunk.subarray(0, Math.max(0, bytesMax - bytes)) });
      bytes += chunk.length;
      if (bytes <= bytesMax) return;
      // Not read any further: what it still writes costs this process nothing.
      child.stdout?.destroy();
      child.stderr?.destroy();
      onTooMuch();
    });
  }
  return {
    isTooMuch: () => bytes > bytesMax,
    text: (of) => {
      const wanted = chunks.filter(({ stream }) => of === undefined || stream === of);
      return Buffer.concat(wanted.map(({ chunk }) => chunk)).toString("utf8");
    },
  };
}

/** Leaders of groups whose program has not ended. */
const running = new Set<number>();

/**
 * Takes note of a child that was started `detached`, in a process group of its own: should this process end first, in
 * whatever way but SIGKILL, the whole group ends with it.
 */
export function holdGroup(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  if (running.size === 0) process.on("exit", endAll);
  running.add(pid);
  child.once("exit", () => {
    running.delete(pid);
    if (running.size === 0) process.off("exit", endAll);
  });
}

/** Sends a signal to all processes of the child's group. */
export function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined) send(pid, signal);
}

function endAll(): void {
  for (const pid of running) send(pid, "SIGKILL");
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody of the group is left.
  }
}
