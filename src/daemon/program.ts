import { fileURLToPath } from "node:url";
import { invariant } from "../core/errors.ts";
import { packageRoot } from "./version.ts";

/** A file of this package, such as `scenarios/story.yaml`. */
export function packageFile(path: string): URL {
  const root = packageRoot();
  invariant(root !== undefined, "the program lies below its package.json");
  return new URL(path, root);
}

/** A file of the compiled program, such as `cli/hearsay.cjs`. The code that asks may be bundled anywhere. */
export function compiledFile(path: string): URL {
  return packageFile(`dist/${path}`);
}

/** The compiled entry of this package. */
export const ENTRY = fileURLToPath(compiledFile("cli/hearsay.cjs"));
