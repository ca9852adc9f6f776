/**
 * Why an input was passed over. `unknown-member`: a suspicion or death of a member that is in no
 * list. `members-max`: the table is full. `name-conflict`: a second member of one name. `bad-record`:
 * a name that is empty or too long, or a port out of range. `view-too-long`: the rest of a view was
 * not read. `views-waiting`: more views came than are taken in at once. `stranger`: the view of a process that does not know whom we asked. `unasked`: an answer to nothing that is open. `not-ours`: only a member would answer it.
 */
export type DropReason =
  | "unknown-member"
  | "members-max"
  | "name-conflict"
  | "bad-record"
  | "view-too-long"
  | "views-waiting"
  | "stranger"
  | "unasked"
  | "not-ours";

/** What was passed over since the start; its keys are few, whatever comes. */
export class DropCounts {
  private readonly counts: Partial<Record<DropReason, number>> = {};

  /** One more. */
  add(reason: DropReason, by = 1): void {
    this.counts[reason] = (this.counts[reason] ?? 0) + by;
  }

  get all(): Readonly<Record<string, number>> {
    return this.counts as Readonly<Record<string, number>>;
  }
}
