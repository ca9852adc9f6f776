import { onTestFinished } from "vitest";
import { type ControlClient, connectControl } from "../../src/control/client.ts";
import { type ControlServer, openControlServer } from "../../src/control/server.ts";
import { FakeNode, START_ID } from "./fake-node.ts";

export interface Api {
  readonly node: FakeNode;
  readonly server: ControlServer;
  readonly client: ControlClient;
  readonly url: string;
  /** Failures of the server's own, which a test would otherwise not see. */
  readonly failures: Error[];
}

interface ApiOptions {
  readonly clientsMax?: number;
  readonly hosts?: readonly string[];
  readonly bind?: string;
}

/** A control server over a fake node, on a port of the system's choice, closed after the test. */
export async function openApi(node = new FakeNode(), options: ApiOptions = {}): Promise<Api> {
  const failures: Error[] = [];
  const server = await openServer(failures, options);
  server.serve(node);
  const url = `http://127.0.0.1:${server.endpoint.port}`;
  const client = connectControl(url);
  onTestFinished(() => client.close());
  return { node, server, client, url, failures };
}

/** The same before it has a node to serve. */
export async function openServer(
  failures: Error[] = [],
  { bind = "127.0.0.1", ...options }: ApiOptions = {},
): Promise<ControlServer> {
  const server = await openControlServer(
    { host: bind, port: 0 },
    {
      startId: START_ID,
      ...options,
      onDropped: () => undefined,
      onFailure: (error) => failures.push(error),
    },
  );
  onTestFinished(() => server.close());
  return server;
}
