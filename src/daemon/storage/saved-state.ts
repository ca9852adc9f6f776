import type { Endpoint, MemberName } from "../../core/member.ts";
import { firstIncarnation } from "../../core/membership/first-incarnation.ts";
import type { NodeSnapshot } from "../../core/snapshot.ts";
import { IncarnationStore } from "./incarnation-store.ts";
import { PeerStore } from "./peer-store.ts";

/** What a node keeps in its data directory from one run to the next; nothing where it has none. */
export class SavedState {
  private readonly incarnations: IncarnationStore | undefined;
  private readonly peers: PeerStore | undefined;

  constructor(
    directory: string | undefined,
    { name: selfName, cluster }: { readonly name: MemberName; readonly cluster: string },
    onWarning: (warning: string) => void,
  ) {
    if (directory === undefined) return;
    const nowS = () => Math.floor(Date.now() / 1000);
    this.incarnations = new IncarnationStore(directory, onWarning);
    this.peers = new PeerStore({ directory, selfName, cluster, nowS, onWarning });
  }

  /** The incarnation that a run begins with, above those of earlier runs. It is saved at once. */
  startIncarnation(startedAtS: number): number {
    const incarnation = firstIncarnation(startedAtS, this.incarnations?.load());
    this.incarnations?.saveFirst(incarnation);
    return incarnation;
  }

  /** The node raised its incarnation to this one. */
  saveIncarnation(incarnation: number): void {
    this.incarnations?.save(incarnation);
  }

  /** Where members were before this run. */
  loadPeers(): readonly Endpoint[] {
    return this.peers?.load() ?? [];
  }

  /** Some member changed: what `members` answers is saved in a moment. */
  noteMembers(members: () => NodeSnapshot["members"]): void {
    this.peers?.noteChange(members);
  }

  /** Saves a change that was not saved yet. */
  close(): void {
    this.incarnations?.close();
    this.peers?.close();
  }
}
