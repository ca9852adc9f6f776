/**
 * What a `Source` is checked with: a schema of zod, which the published types must not name. Made by
 * `schemaOf`, read by `Issues`.
 */
export interface Schema<Source> {
  /** Never there: it ties the schema to its type. */
  readonly source?: Source;
}
