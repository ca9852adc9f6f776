/**
 * zod without its error messages in fifty languages, which nobody here asks for: 250 KB that every start would read.
 *
 * @type {import("esbuild").Plugin}
 */
export const leanZod = {
  name: "lean-zod",
  setup(build) {
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
      loader: "js",
    }));
  },
};
