import { type NodeConfig, PROFILES, type ProfileName } from "../../src/core/config.ts";
import type { Effect, SendTo } from "../../src/core/effect.ts";
import type { Input } from "../../src/core/input.ts";
import type { MemberName, MemberRecord, Millis } from "../../src/core/member.ts";
import type { Message } from "../../src/core/message.ts";
import { createCodec } from "../../src/wire/codec.ts";
import { header, record } from "../core/builders.ts";
import { type Datagram, Links } from "./links.ts";
import { Naming } from "./naming.ts";
import { Narration } from "./narration.ts";
import { Notation } from "./notation.ts";
import { Process } from "./process.ts";
import type { Speech } from "./speech.ts";

/** How long a datagram travels, and a refusal comes back. */
const LATENCY_MS = 1;
/** The incarnation of a first start is 1, of a second 101: it stands for the wall-clock second. */
const INCARNATIONS_A_START = 100;
const STEPS_MAX = 500_000;

export interface StartOptions {
  readonly member?: MemberName;
  readonly address?: string;
  readonly seeds?: readonly string[];
  readonly incarnation?: number;
  readonly profile?: ProfileName;
}

/**
 * The nodes of one transcript, the datagrams between them, and time. Nothing in it is random but
 * the nodes' own streams. Datagrams really are encoded and decoded.
 */
export class World {
  readonly naming = new Naming();
  readonly notation = new Notation(this.naming);
  readonly narration = new Narration(this.notation);
  readonly links = new Links();
  config: NodeConfig = PROFILES.lan;

  private now: Millis = 0;
  /** What the transcript's clock calls 0. */
  private zero: Millis = 0;
  private startsSoFar = 0;
  private readonly codec = createCodec({ clusterLabel: "transcript" });
  private readonly running = new Map<string, Process>();
  /** What processes that ended said of themselves last. */
  private readonly ended = new Map<string, MemberRecord>();
  private readonly counters = new Map<string, number>();
  private readonly lastStart = new Map<string, StartOptions>();
  private readonly lastProbes = new Map<string, number>();

  get processes(): readonly Process[] {
    return [...this.running.values()];
  }

  process(name: string): Process {
    const process = this.running.get(name);
    if (process !== undefined) return process;
    throw new Error(`no process ${name} runs; running: ${[...this.running.keys()].join(" ")}`);
  }

  get nowMs(): Millis {
    return this.now;
  }

  /** From now on the clock of the transcript counts from here. */
  zeroClock(): void {
    this.zero = this.now;
  }

  start(name: string, options: StartOptions = {}): void {
    if (this.running.has(name)) throw new Error(`process ${name} runs already`);
    const { member = name, address = name, seeds = [] } = options;
    const { startId, number } = this.naming.newStart(member);
    const incarnation = options.incarnation ?? INCARNATIONS_A_START * (number - 1) + 1;
    const endpoint = this.naming.endpoint(address);
    const self = { ...record(member, { endpoint, incarnation }), startId };
    const process = new Process({
      name,
      self,
      config: { ...this.config, ...(options.profile && PROFILES[options.profile]) },
      rngSeed: ++this.startsSoFar,
      sizer: this.codec.sizer,
      seeds: seeds.map((seed) => this.naming.endpoint(seed)),
    });
    this.lastStart.set(name, options);
    this.running.set(name, process);
    this.links.hostUp(address);
    this.step(process, { kind: "wakeup", stalledMs: 0 });
  }

  /** Starts it as it was started before, but for the changes; kills it first if it runs. */
  restart(name: string, changes: StartOptions): void {
    const { incarnation: _, ...before } = this.lastStart.get(name) ?? {};
    if (this.running.has(name)) this.end(name, false);
    this.start(name, { ...before, ...changes });
  }

  /** The process ends without a word. Its host refuses, or with `hostToo` is silent as well. */
  end(name: string, hostToo: boolean): void {
    const { self } = this.process(name);
    this.ended.set(name, this.recordOf(name));
    this.running.delete(name);
    if (hostToo) this.links.hostDown(this.naming.address(self.endpoint));
  }

  /** The record that a process has of itself, or had when it ended. */
  recordOf(name: string): MemberRecord {
    const running = this.running.get(name)?.node.snapshot(this.now).self;
    return running ?? this.ended.get(name) ?? this.process(name).self;
  }

  /** A datagram as `from` would send it, delivered at once. */
  say(from: string, to: string, { body, updates }: Speech): void {
    const speaker = this.recordOf(from);
    const own = header(speaker, this.nextCounter(speaker.startId));
    const bytes = this.codec.encode({ header: own, body, updates });
    this.arrive(this.process(to), bytes, this.naming.address(speaker.endpoint));
  }

  step(process: Process, input: Input): void {
    const effects = process.step(this.now, input);
    for (const effect of effects) this.perform(process, effect);
    const isDialling = effects.some(
      (effect) => effect.kind === "event" && effect.event.kind === "seeds-wanted",
    );
    if (isDialling) this.step(process, { kind: "join", seeds: process.seeds });
  }

  thaw(process: Process): void {
    for (const input of process.thaw(this.now)) this.step(process, input);
  }

  /** The kernel of `process` reports that its last probe of the member was refused. */
  refuse(process: Process, member: MemberName): void {
    const seq = this.lastProbes.get(`${process.name} ${member}`);
    if (seq === undefined) throw new Error(`${process.name} never pinged ${member}`);
    this.step(process, { kind: "refused", member, seq });
  }

  /** Time passes, nodes are woken; datagrams stay under way unless `isDelivering`. */
  pass(spanMs: Millis, isDelivering: boolean): void {
    const end = this.now + spanMs;
    for (let steps = 0; steps < STEPS_MAX; steps++) {
      const first = isDelivering ? this.links.first() : undefined;
      const sleeper = this.processes.reduce<Process | undefined>(
        (next, process) => (process.wakeupAt < (next?.wakeupAt ?? NEVER) ? process : next),
        undefined,
      );
      const at = Math.min(first?.dueAt ?? NEVER, sleeper?.wakeupAt ?? NEVER);
      if (at > end) {
        this.now = end;
        return;
      }
      this.now = Math.max(this.now, at);
      if (first !== undefined && first.dueAt <= at) this.deliver(first);
      else if (sleeper !== undefined) this.step(sleeper, { kind: "wakeup", stalledMs: 0 });
    }
    throw new Error("nobody comes to rest: too many steps");
  }

  /** Hands one datagram to whoever has its address now. */
  deliver(datagram: Datagram): void {
    this.links.take(datagram);
    const receiver = this.processes.find(
      ({ self }) => this.naming.address(self.endpoint) === datagram.to,
    );
    if (receiver !== undefined) this.arrive(receiver, datagram.bytes, datagram.fromAddress);
    else if (!this.links.isDown(datagram.to)) this.bounce(datagram);
  }

  private arrive(receiver: Process, bytes: Uint8Array, fromAddress: string): void {
    const from = this.naming.endpoint(fromAddress);
    const message = this.codec.decode(bytes);
    this.step(receiver, { kind: "message", from, message, bytes: bytes.length });
  }

  /** Only a probe leaves through a connected socket, which hears of a refusal. */
  private bounce({ from, probe }: Datagram): void {
    const prober = this.running.get(from);
    if (probe !== undefined && prober !== undefined) {
      this.step(prober, { kind: "refused", ...probe });
    }
  }

  private perform(process: Process, effect: Effect): void {
    const at = this.now - this.zero;
    if (effect.kind === "send") {
      this.post(process, effect.to, effect.message);
      return;
    }
    // Transcripts know datagrams alone.
    if (effect.kind !== "event") return;
    const { event } = effect;
    const { name, member } = process;
    this.narration.event(event, { process: name, member }, at);
    const hasLost = event.kind === "name-conflict" && event.mustYield;
    const isRefused = event.kind === "join-refused" && event.isByAll;
    if (event.kind === "left" || isRefused || hasLost) this.running.delete(name);
  }

  private post(process: Process, sendTo: SendTo, message: Message): void {
    const { body } = message;
    const { startId } = message.header;
    const stamped = { ...message.header, counter: this.nextCounter(startId) };
    const to = this.naming.address(sendTo.endpoint);
    const fromAddress = this.naming.address(process.self.endpoint);
    const isCut = this.links.isCut(fromAddress, to);
    this.narration.message(message, { from: process.name, to, isCut }, this.now - this.zero);
    const probe =
      sendTo.probe === true && sendTo.member !== undefined && body.kind === "ping"
        ? { member: sendTo.member, seq: body.seq }
        : undefined;
    if (probe !== undefined) this.lastProbes.set(`${process.name} ${probe.member}`, probe.seq);
    if (isCut) return;
    const bytes = this.codec.encode({ ...message, header: stamped });
    const dueAt = this.now + LATENCY_MS;
    this.links.post({ from: process.name, fromAddress, to, kind: body.kind, bytes, probe, dueAt });
  }

  /** Counted here, not by the node, so that what the transcript itself says fits in between. */
  private nextCounter(startId: string): number {
    const counter = (this.counters.get(startId) ?? 0) + 1;
    this.counters.set(startId, counter);
    return counter;
  }
}

const NEVER = Number.POSITIVE_INFINITY;
