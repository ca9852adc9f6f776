import { connect, type Socket } from "node:net";
import { WireError } from "../../core/errors.ts";
import type { Endpoint, Millis } from "../../core/member.ts";
import { codeOf } from "../../transport/datagram-socket.ts";
import type { PushPullFailure } from "../core/pool-input.ts";
import type { PoolSecurity } from "../wire/envelope.ts";
import type { PushPull } from "../wire/messages.ts";
import { readPushPull, STREAM_BYTES_MAX, StreamRefused, sealPushPull } from "../wire/push-pull.ts";

/** Why a member's view could not be had. `why` is one clause for people. */
export class ViewFailure extends Error {
  override readonly name = "ViewFailure";
  readonly failure: PushPullFailure;
  readonly why: string;
  /** The reason of what came back and could not be read, such as `encrypted`, `key` or `refused`. */
  readonly reason: string | undefined;

  constructor(failure: PushPullFailure, why: string, reason?: string) {
    super(why);
    this.failure = failure;
    this.why = why;
    this.reason = reason;
  }
}

/** How a view is asked for. */
export interface ViewRequest {
  readonly endpoint: Endpoint;
  readonly security: PoolSecurity;
  /** What the transport puts before the stream. */
  readonly preamble?: Uint8Array;
  readonly signal: AbortSignal;
  /** Longest wait for an answer, and between two pieces of it; 2 s where left out. */
  readonly silenceMs?: Millis;
}

const SILENCE_MS_DEFAULT: Millis = 2000;
/** However steadily it trickles. */
const STREAM_MS: Millis = 10_000;
/** Longest work between two turns of the event loop. */
const SLICE_MS: Millis = 8;

const NOTHING: PushPull = { isJoin: false, members: [], userState: new Uint8Array() };

/**
 * Asks a member for its whole view, and offers it nobody.
 *
 * @throws ViewFailure and nothing else
 */
export async function fetchView(request: ViewRequest): Promise<PushPull> {
  const answer = await converse(request);
  const reading = readPushPull(answer, request.security);
  try {
    return await inSlices(reading, request.signal);
  } catch (error) {
    throw failureOf(error);
  }
}

/** All that the other end says until it closes. */
function converse(request: ViewRequest): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const { endpoint, security, preamble, signal, silenceMs = SILENCE_MS_DEFAULT } = request;
    const socket = connect({ host: endpoint.host, port: endpoint.port });
    const chunks: Uint8Array[] = [];
    let length = 0;
    const end = (failure?: ViewFailure): void => {
      clearTimeout(deadline);
      signal.removeEventListener("abort", abort);
      socket.destroy();
      if (failure === undefined) resolve(Buffer.concat(chunks));
      else reject(failure);
    };
    const abort = (): void => end(new ViewFailure("silent", "nobody waits for it any more"));
    const deadline = setTimeout(() => {
      end(new ViewFailure("silent", `its answer did not end within ${STREAM_MS / 1000} s`));
    }, STREAM_MS);
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    // What came before tells more than the silence after it.
    const endEarly = (failure: ViewFailure): void => end(length > 0 ? undefined : failure);
    socket.setTimeout(silenceMs, () => endEarly(silence(socket, silenceMs)));
    socket.on("connect", () => {
      socket.setNoDelay(true);
      socket.write(Buffer.concat([preamble ?? new Uint8Array(), sealPushPull(NOTHING, security)]));
    });
    socket.on("data", (bytes) => {
      length += bytes.length;
      chunks.push(bytes);
      if (length > STREAM_BYTES_MAX) end(new ViewFailure("garbled", "its answer never ends"));
    });
    socket.on("end", () => end());
    socket.on("error", (error) => endEarly(socketFailure(codeOf(error))));
  });
}

function silence(socket: Socket, silenceMs: Millis): ViewFailure {
  const what = socket.connecting ? "it does not answer" : "it says nothing";
  return new ViewFailure("silent", `${what} within ${silenceMs / 1000} s`);
}

function socketFailure(code: string): ViewFailure {
  switch (code) {
    case "ECONNREFUSED":
      return new ViewFailure(
        "refused",
        "its host refuses the connection: no process has that port",
      );
    case "ECONNRESET":
    case "EPIPE":
      return new ViewFailure("closed", "it hangs up without a word");
    default:
      return new ViewFailure("unreachable", `there is no way to it (${code})`);
  }
}

async function inSlices<T>(work: Generator<void, T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    const untilMs = performance.now() + SLICE_MS;
    do {
      const step = work.next();
      if (step.done) return step.value;
    } while (performance.now() < untilMs);
    await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted) throw new ViewFailure("silent", "nobody waits for it any more");
  }
}

function failureOf(error: unknown): ViewFailure {
  if (error instanceof ViewFailure) return error;
  if (!(error instanceof WireError)) return new ViewFailure("garbled", "it cannot be read");
  if (error instanceof StreamRefused) {
    return new ViewFailure("garbled", `it refuses: ${error.said}`, error.reason);
  }
  if (error.reason === "closed") return new ViewFailure("closed", "it hangs up without a word");
  return new ViewFailure("garbled", CLAUSES[error.reason] ?? error.message, error.reason);
}

const CLAUSES: Readonly<Record<string, string>> = {
  encrypted: "it answers encrypted, and this guest has no key",
  unencrypted: "it answers in the clear, and this guest has a key",
  key: "it answers encrypted with another key",
  type: "what it answers is not memberlist",
  garbage: "what it answers is cut off, or not memberlist",
  bomb: "its view is larger than 20 MiB",
};
