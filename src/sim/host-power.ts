/** Whether a host has power, lacks it, or stands still with its kernel. */
type Power = "on" | "off" | "paused";

/**
 * Which hosts live. One without power, or paused, neither takes nor sends anything; what comes for a
 * paused host is lost, as on a laptop that sleeps or a virtual machine that is moved. Hosts that
 * were never spoken of are on.
 */
export class HostPower {
  private readonly hosts = new Map<string, Power>();
  private readonly boots = new Map<string, number>();
  private readonly waiting = new Map<string, (() => void)[]>();
  private readonly listeners: ((host: string) => void)[] = [];

  /** Whether nothing that comes for the host is taken. */
  isSilent(host: string): boolean {
    return this.hosts.size > 0 && this.hosts.has(host);
  }

  isPaused(host: string): boolean {
    return this.hosts.get(host) === "paused";
  }

  /** How often it lost its power: its kernel knows nothing from before. */
  bootOf(host: string): number {
    return this.boots.get(host) ?? 0;
  }

  turnOff(host: string): void {
    this.hosts.set(host, "off");
    this.boots.set(host, this.bootOf(host) + 1);
    this.waiting.delete(host);
    for (const tell of this.listeners) tell(host);
  }

  pause(host: string): void {
    if (!this.hosts.has(host)) this.hosts.set(host, "paused");
  }

  resume(host: string): void {
    if (this.isPaused(host)) this.turnOn(host);
  }

  /** It has power, and goes on: what its kernel wanted to do meanwhile happens now. */
  turnOn(host: string): void {
    this.hosts.delete(host);
    const late = this.waiting.get(host) ?? [];
    this.waiting.delete(host);
    for (const act of late) act();
  }

  /** Does something in the host's kernel: now, or when it goes on; never if it lost its power. */
  whenOn(host: string, act: () => void): void {
    if (!this.isSilent(host)) act();
    else if (this.isPaused(host)) {
      const waiting = this.waiting.get(host);
      if (waiting === undefined) this.waiting.set(host, [act]);
      else waiting.push(act);
    }
  }

  /** Tells of each host that loses its power. */
  onOff(tell: (host: string) => void): void {
    this.listeners.push(tell);
  }
}
