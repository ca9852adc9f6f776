/** What `hearsay run` was asked for. */
export interface RunArgs {
  readonly files?: string[] | undefined;
  readonly real?: boolean | undefined;
  readonly sim?: boolean | undefined;
  readonly rngSeed?: number | undefined;
  readonly plan?: boolean | undefined;
  readonly report?: string | undefined;
  readonly keep?: boolean | undefined;
  readonly dashboard?: boolean | undefined;
  readonly json: boolean;
  readonly ascii: boolean;
}
