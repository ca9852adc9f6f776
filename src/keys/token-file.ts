import { newKeyText } from "./cluster-key.ts";
import { createSecretFile, readSecretFile, type SecretFile, secretRefusal } from "./secret-file.ts";

/** Tokens in a file: the present one, and another while clients change to it. */
export const TOKENS_MAX = 16;

const TOKEN_CHARACTERS_MIN = 16;
const TOKEN_CHARACTERS_MAX = 512;
/** What a bearer token may be (RFC 6750, section 2.1). */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

/**
 * The tokens of a token file, one a line; `#` begins a comment. A server takes all of them, and a client sends the first.
 *
 * @param setting what names the file, such as `apiTokenFile` or `--token-file`
 * @throws ConfigError of one line that says nothing of the tokens themselves
 */
export function readTokenFile(setting: string, path: string): [string, ...string[]] {
  const remedy = "name the file of a token, which hearsay keygen --token makes";
  const file: SecretFile = { setting, path, content: "the token", remedy };
  const tokens: string[] = [];
  for (const [index, text] of readSecretFile(file).split(/\r?\n/).entries()) {
    const token = text.replace(/#.*$/, "").trim();
    if (token === "") continue;
    if (!isToken(token)) {
      const rule = `${TOKEN_CHARACTERS_MIN} to ${TOKEN_CHARACTERS_MAX} characters of A-Z a-z 0-9 . _ ~ + / - =`;
      throw secretRefusal(file, `has no token in line ${index + 1}`, `a token is ${rule}`);
    }
    tokens.push(token);
  }
  const [first, ...others] = tokens;
  if (first === undefined) throw secretRefusal(file, "has no token", remedy);
  if (tokens.length > TOKENS_MAX) {
    const what = `has ${tokens.length} tokens`;
    throw secretRefusal(file, what, `${TOKENS_MAX} are allowed; remove unused ones`);
  }
  return [first, ...others];
}

/**
 * Makes a token file with one new token and nothing else, since programs such as Prometheus send the whole file.
 *
 * @throws ConfigError where it exists already, or cannot be made
 */
export function createTokenFile(path: string): void {
  createSecretFile(path, `${newKeyText()}\n`);
}

function isToken(text: string): boolean {
  const { length } = text;
  return length >= TOKEN_CHARACTERS_MIN && length <= TOKEN_CHARACTERS_MAX && TOKEN.test(text);
}
