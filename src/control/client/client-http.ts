import type { IncomingMessage, RequestOptions } from "node:http";
import type { Millis } from "../../core/member.ts";
import { API_VERSION, type ErrorBody, START_ID_HEADER } from "../api-types.ts";
import { shareSignal } from "../shared-signal.ts";
import { NodeNotReadyError, NodeUnreachableError, RequestRefusedError } from "./client-errors.ts";
import {
  type ClientTarget,
  explainFailure,
  openRequester,
  parseTarget,
  type Requester,
} from "./client-target.ts";

/** One request. A query or header whose value is undefined is left out; the body is sent as JSON. */
export interface Call {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Longest wait for the answer's first byte, and between two of its bytes. */
  readonly timeoutMs: Millis;
}

/** What every call of one client has. */
export interface CallDefaults {
  readonly timeoutMs: Millis;
  readonly signal: AbortSignal | undefined;
}

/** The text of a response with status 200, and the run of the process that gave it. */
export interface Answer {
  readonly startId: string;
  readonly text: string;
}

const ANSWER_BYTES_MAX = 256 * 1024 * 1024;
const REMEDY = "start one with `hearsay start`, or name the address of a running one with --attach";

/** How a client proves who it is, and whom it trusts. */
export interface Credentials {
  /** Sent with every request. */
  readonly token?: string | undefined;
  /** Certificate of an authority, as PEM, that is trusted beside those that Node trusts. */
  readonly ca?: string | undefined;
}

/** Requests to one control API over plain node:http, which loads in a tenth of the time of fetch. */
export class HttpCaller {
  readonly url: string;
  private readonly target: ClientTarget;
  private readonly credentials: Credentials;
  private requester: Promise<Requester> | undefined;

  /** @throws ConfigError when `url` is not an address of a control API */
  constructor(url: string, credentials: Credentials = {}) {
    this.target = parseTarget(url);
    this.credentials = credentials;
    this.url = this.target.url;
  }

  /** The whole answer as text. */
  async call(call: Call): Promise<Answer> {
    const response = await this.open(call);
    const text = await this.readAll(response);
    return { startId: startIdOf(response), text };
  }

  /** The whole answer as JSON of our API version. */
  async callJson<T extends { readonly v: number }>(
    call: Call,
  ): Promise<{ startId: string; body: T }> {
    const { startId, text } = await this.call(call);
    return { startId, body: this.parse<T>(text) };
  }

  /** The answer as soon as its head is here. @throws RequestRefusedError for a status that is no success */
  async open(call: Call): Promise<IncomingMessage> {
    const response = await this.send(call);
    if (startIdOf(response) === "") {
      response.destroy();
      throw new NodeUnreachableError(
        this.url,
        `something else answers there (HTTP ${response.statusCode})`,
        REMEDY,
      );
    }
    const status = response.statusCode ?? 0;
    if (status < 400) return response;
    const { error, notYet } = this.parse<Partial<ErrorBody> & { readonly v: number }>(
      await this.readAll(response),
    );
    if (notYet !== undefined)
      throw new NodeNotReadyError(this.url, error ?? "it cannot answer yet");
    throw new RequestRefusedError(status, error ?? `HTTP ${status}`);
  }

  /** Which run of the process an answer is from. */
  startIdOf(response: IncomingMessage): string {
    return startIdOf(response);
  }

  close(): void {
    void this.requester?.then(({ agent }) => agent.destroy());
  }

  private async send(call: Call): Promise<IncomingMessage> {
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    shareSignal(call.signal);
    this.requester ??= openRequester(this.target, this.credentials.ca);
    const { request, agent } = await this.requester;
    return new Promise((resolve, reject) => {
      const options = { ...this.options(call, body), agent };
      const sent = request(this.address(call), options, resolve);
      sent.on("timeout", () => {
        sent.destroy(new Error(`no answer within ${call.timeoutMs / 1000} s`));
      });
      sent.on("error", (error: NodeJS.ErrnoException) => {
        // The server closed a connection that was idle in the moment in which it was taken again: nothing was read.
        const isStale = sent.reusedSocket && error.code === "ECONNRESET" && call.method !== "POST";
        if (isStale && call.signal?.aborted !== true) this.send(call).then(resolve, reject);
        else reject(this.explain(error, call.signal));
      });
      sent.end(body);
    });
  }

  private address({ path, query = {} }: Call): URL {
    const url = new URL(path, this.target.base);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return url;
  }

  private options(call: Call, body: string | undefined): RequestOptions {
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(call.headers ?? {})) {
      if (value !== undefined) headers[name] = value;
    }
    if (body !== undefined) headers["content-type"] = "application/json";
    const { token } = this.credentials;
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    const { socketPath } = this.target;
    return {
      ...(socketPath !== undefined && { socketPath }),
      method: call.method ?? "GET",
      headers,
      timeout: call.timeoutMs,
      ...(call.signal && { signal: call.signal }),
    };
  }

  private async readAll(response: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES_MAX) throw new Error("the answer is too long");
        chunks.push(chunk);
      }
    } catch (error) {
      throw this.explain(error, undefined);
    }
    return Buffer.concat(chunks).toString("utf8");
  }

  private parse<T extends { readonly v: number }>(text: string): T {
    const body = parseObject(text);
    const version = body?.v;
    if (body === undefined || typeof version !== "number") {
      throw new NodeUnreachableError(this.url, "its answer is not that of a control API", REMEDY);
    }
    if (version !== API_VERSION) {
      const why = `it speaks version ${version} of the control API, this client only ${API_VERSION}`;
      const older = version > API_VERSION ? "use a newer hearsay" : "start it with a newer hearsay";
      throw new NodeUnreachableError(this.url, why, older);
    }
    return body as unknown as T;
  }

  private explain(error: unknown, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted) return signal.reason;
    const { code, message } = error as NodeJS.ErrnoException;
    const known = explainFailure(this.target, code);
    return new NodeUnreachableError(this.url, known?.why ?? message, known?.remedy ?? REMEDY);
  }
}

/** A signal that aborts as soon as one of them does; undefined where there is neither. */
export function eitherSignal(
  a: AbortSignal | undefined,
  b: AbortSignal | undefined,
): AbortSignal | undefined {
  return a !== undefined && b !== undefined ? AbortSignal.any([a, b]) : (a ?? b);
}

function startIdOf(response: IncomingMessage): string {
  const value = response.headers[START_ID_HEADER];
  return typeof value === "string" ? value : "";
}

function parseObject(text: string): { readonly v?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
