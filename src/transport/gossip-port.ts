import { type Endpoint, formatEndpoint } from "../core/member.ts";
import type { HelloCodec } from "../wire/hello.ts";
import { codeOf } from "./datagram-socket.ts";
import { openUdpTransport, type UdpTransport, type UdpTransportOptions } from "./udp-transport.ts";
import type { WireSelf } from "./wiring/outgoing-wire.ts";
import { TcpWiring } from "./wiring/tcp-wiring.ts";

/** How the gossip port is bound, for datagrams and for wires. */
export interface GossipPortOptions extends UdpTransportOptions {
  readonly self: WireSelf;
  readonly codec: HelloCodec;
}

/** Both sides of a gossip port. */
export interface GossipPort {
  readonly transport: UdpTransport;
  readonly wiring: TcpWiring;
}

const PORT_ZERO_TRIES = 8;

/**
 * Binds one number for UDP and TCP. Where another program has the TCP side of the number that was
 * asked for, it warns, and others cannot wire this node; rejects as `openUdpTransport` does.
 */
export async function openGossipPort(options: GossipPortOptions): Promise<GossipPort> {
  const { self, codec, bind } = options;
  for (let triesLeft = PORT_ZERO_TRIES; ; triesLeft--) {
    const warnings: string[] = [];
    const transport = await openUdpTransport({
      ...options,
      onWarning: (warning) => warnings.push(warning),
    });
    const wiring = new TcpWiring({ self, codec, local: transport.local });
    const code = await wiring.open().then(() => undefined, codeOf);
    if (code !== undefined && bind.port === 0 && triesLeft > 1) {
      await transport.close();
      continue;
    }
    if (code !== undefined) {
      warnings.push(describe(transport.local, code));
      wiring.openLater();
    }
    for (const warning of warnings) options.onWarning(warning);
    return { transport, wiring };
  }
}

function describe(local: Endpoint, code: string): string {
  const why =
    code === "EADDRINUSE" ? "another program has that TCP port" : `the system says ${code}`;
  return (
    `TCP at ${formatEndpoint(local)} cannot be used: ${why}. Gossip works, but the other members ` +
    "cannot keep wires to this node, and notice its crash at their next ping; end that program, " +
    "or choose another port with bind (host:port)"
  );
}
