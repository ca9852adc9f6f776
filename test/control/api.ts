import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { expect, onTestFinished } from "vitest";
import { type ApiAddress, formatApiUrl } from "../../src/control/api-address.ts";
import { type ControlClient, connectControl } from "../../src/control/client.ts";
import {
  type ControlServer,
  type ControlServerOptions,
  openControlServer,
} from "../../src/control/server.ts";
import { FakeNode, START_ID } from "./fake-node.ts";

export interface Api {
  readonly node: FakeNode;
  readonly server: ControlServer;
  readonly client: ControlClient;
  readonly url: string;
  /** Failures of the server's own, which a test would otherwise not see. */
  readonly failures: Error[];
}

/** Holds this process up for so long. */
export function block(forMs: number): void {
  const endMs = performance.now() + forMs;
  while (performance.now() < endMs);
}

interface ApiOptions
  extends Partial<Pick<ControlServerOptions, "onDropped" | "onRefused" | "tokens" | "tls">> {
  readonly clientsMax?: number;
  readonly hosts?: readonly string[];
  readonly bind?: ApiAddress;
}

/** A control server over a fake node, on a port of the system's choice, closed after the test. */
export async function openApi(node = new FakeNode(), options: ApiOptions = {}): Promise<Api> {
  const failures: Error[] = [];
  const server = await openServer(failures, options);
  server.serve(node);
  const url = formatApiUrl(server.address, server.isTls);
  const client = connectControl(url);
  onTestFinished(() => client.close());
  return { node, server, client, url, failures };
}

/** The same before it has a node to serve. */
export async function openServer(
  failures: Error[] = [],
  { bind = { host: "127.0.0.1", port: 0 }, ...options }: ApiOptions = {},
): Promise<ControlServer> {
  const server = await openControlServer(bind, {
    startId: START_ID,
    onDropped: () => undefined,
    ...options,
    onFailure: (error) => failures.push(error),
  });
  onTestFinished(() => server.close());
  return server;
}

/** The answer of a route that goes on as a stream. */
export async function openStream(url: string): Promise<IncomingMessage> {
  const [response] = await once(get(url, { agent: false }), "response");
  return response as IncomingMessage;
}

/** The port that a server listens at. */
export function portOf({ address }: ControlServer): number {
  return "port" in address ? address.port : expect.unreachable("it listens at a path");
}
