import type { DialAnswer } from "../../core/input.ts";
import type { Endpoint, MemberName } from "../../core/member.ts";
import { CONNECT_MS, DialLimit } from "../../host/wire-rules.ts";
import { codeOf } from "../datagram-socket.ts";
import { callAfter } from "./call-after.ts";
import { metItself, reset, socketTo } from "./outgoing-socket.ts";
import { countOne, type WiringCounters } from "./wiring-counters.ts";

/** What the dials of a node share. */
export interface DialsOptions {
  readonly localHost: string;
  readonly counters: WiringCounters;
  readonly onDialled: (member: MemberName, seq: number, answer: DialAnswer) => void;
}

/**
 * A kernel without that process refuses with this alone. After ECONNRESET a connection did exist: a middlebox may have ended
 * it, or the process just ends, and then the next dial is refused.
 */
const REFUSED = "ECONNREFUSED";

/** Connects that only ask a kernel whether a process has the port. Each is closed with its answer. */
export class Dials {
  private readonly options: DialsOptions;
  /** What ends each dial under way. */
  private readonly open = new Set<() => void>();
  private readonly limit = new DialLimit();

  constructor(options: DialsOptions) {
    this.options = options;
  }

  dial(member: MemberName, endpoint: Endpoint, seq: number): void {
    const { localHost, counters, onDialled } = this.options;
    if (!this.limit.take(member)) {
      countOne(counters.dials, "not-made");
      return;
    }
    const socket = socketTo(endpoint, localHost);
    const finish = (outcome: string): boolean => {
      if (!this.open.delete(end)) return false;
      this.limit.release(member);
      takeBack();
      reset(socket);
      countOne(counters.dials, outcome);
      return true;
    };
    const answer = (given: DialAnswer) => {
      if (finish(given)) onDialled(member, seq, given);
    };
    const end = () => finish("silent");
    const takeBack = callAfter(CONNECT_MS, end);
    this.open.add(end);
    socket.on("connect", () => answer(metItself(socket) ? "refused" : "answered"));
    socket.on("error", (error) => {
      const code = codeOf(error);
      if (code === REFUSED) answer("refused");
      else finish(code);
    });
  }

  /** Ends those under way; their answers are not told. */
  close(): void {
    for (const end of [...this.open]) end();
  }
}
