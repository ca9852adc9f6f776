/** A line of a daemon's log, as `--log json` writes it. */
export interface LogLine {
  /** What happened; undefined for lines that only talk. */
  readonly event: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Addresses that a daemon bound, as its `ready` line tells. */
export interface BoundAddresses {
  /** Gossip, `host:port`. */
  readonly address: string;
  /** Control API, `host:port`. */
  readonly api: string;
  /** DNS, `host:port`, where it is served. */
  readonly dns?: string;
}

/** The line as JSON, or undefined where it is none (a crash prints a plain stack). */
export function parseLogLine(text: string): LogLine | undefined {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof fields !== "object" || fields === null) return undefined;
  const { time, event } = fields as Record<string, unknown>;
  if (typeof time !== "string" || Number.isNaN(Date.parse(time))) return undefined;
  return {
    event: typeof event === "string" ? event : undefined,
    fields: fields as Record<string, unknown>,
  };
}

/** The bound addresses that a `ready` line tells; undefined for other lines. */
export function boundAddressesOf(line: LogLine): BoundAddresses | undefined {
  const { address, api, dns } = line.fields;
  if (line.event !== "ready" || typeof address !== "string" || typeof api !== "string") {
    return undefined;
  }
  return { address, api, ...(typeof dns === "string" && { dns }) };
}

/** What a line says to people: its message, or its text where it is no JSON. */
export function messageOf(text: string): string {
  const message = parseLogLine(text)?.fields.message;
  return typeof message === "string" ? message : text.replace(/^hearsay: /, "");
}
