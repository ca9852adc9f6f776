/** What `hearsay run` was asked for. */
export interface RunArgs {
  readonly files?: string[] | undefined;
  readonly real?: boolean | undefined;
  readonly sim?: boolean | undefined;
  readonly netns?: boolean | undefined;
  readonly dropIcmp?: boolean | undefined;
  /** Set by `--netns` itself: this process runs in the namespace that was made for it. */
  readonly inNamespace?: boolean | undefined;
  readonly rngSeed?: number | undefined;
  /** So many runs of each, with one seed after another. */
  readonly seeds?: number | undefined;
  readonly plan?: boolean | undefined;
  readonly report?: string | undefined;
  readonly keep?: boolean | undefined;
  readonly dashboard?: boolean | undefined;
  readonly json: boolean;
  readonly ascii: boolean;
}
