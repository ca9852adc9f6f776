import { readFileSync } from "node:fs";
import { ConfigError } from "../core/errors.ts";
import { readTokenFile } from "./token-file.ts";

/** The files that tell a client who it is and whom it trusts; of each, the option comes before the variable. */
export interface CredentialFiles {
  readonly tokenFile?: string | undefined;
  readonly caFile?: string | undefined;
}

/**
 * The token and the authority's certificate for a control API: of `--token-file` or `HEARSAY_TOKEN_FILE`, and of `--ca-file` or
 * `HEARSAY_CA_FILE`.
 *
 * @throws ConfigError of one line that says nothing of the token
 */
export function readClientCredentials(
  { tokenFile, caFile }: CredentialFiles,
  env: Readonly<Record<string, string | undefined>>,
): { readonly token?: string; readonly ca?: string } {
  const token = chosen("--token-file", tokenFile, "HEARSAY_TOKEN_FILE", env);
  const ca = chosen("--ca-file", caFile, "HEARSAY_CA_FILE", env);
  return {
    ...(token !== undefined && { token: readTokenFile(token.source, token.path)[0] }),
    ...(ca !== undefined && { ca: readAuthority(ca.source, ca.path) }),
  };
}

function chosen(
  option: string,
  path: string | undefined,
  variable: string,
  env: Readonly<Record<string, string | undefined>>,
) {
  if (path !== undefined) return { source: option, path };
  const fromEnv = env[variable] ?? "";
  return fromEnv === "" ? undefined : { source: variable, path: fromEnv };
}

function readAuthority(source: string, path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${source}: ${path} cannot be read (${why}); name a certificate in PEM`);
  }
  if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  throw new ConfigError(`${source}: ${path} is not a certificate in PEM; name the authority's`);
}
