/** `all`, a node, a group, or a list of nodes and groups. */
export type NodesSource = string | readonly string[];

/** A duration such as `500ms`, `5s` or `2m`. */
export type DurationSource = string;

/** A share such as `30%` or 0.3. */
export type ShareSource = number | string;
