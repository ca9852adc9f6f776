import { dirname } from "node:path";

/** Marks an import that is to find the package itself. */
const ITSELF = "the package itself";

/**
 * Loads string-width when the first text comes that is more than plain ASCII. As it is loaded it builds a pattern of all emoji
 * and a segmenter, which took a fifth of the start of every command; the help and the tables of a cluster need neither.
 *
 * @type {import("esbuild").Plugin}
 */
export const lazyStringWidth = {
  name: "lazy-string-width",
  setup(build) {
    build.onResolve({ filter: /^string-width$/ }, async ({ resolveDir, kind, pluginData }) => {
      if (pluginData === ITSELF) return undefined;
      const found = await build.resolve("string-width", { resolveDir, kind, pluginData: ITSELF });
      return { path: found.path, namespace: "lazy-string-width" };
    });
    build.onLoad({ filter: /.*/, namespace: "lazy-string-width" }, ({ path }) => ({
      resolveDir: dirname(path),
      contents: `
        let measure;
        export default function stringWidth(text, options) {
          if (typeof text === "string" && /^[\\x20-\\x7e]*$/.test(text)) return text.length;
          measure ??= require(${JSON.stringify(path)}).default;
          return measure(text, options);
        }`,
    }));
  },
};
