import { parse } from "yaml";

/** What a file of settings says. Aliases are not followed: a few lines of them make gigabytes. */
export function parseYaml(text: string): unknown {
  return parse(text, { maxAliasCount: 0, logLevel: "error" });
}
