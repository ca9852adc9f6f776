import { builtinModules } from "node:module";

const BUILTINS = new Set(builtinModules);

/**
 * Takes the modules of Node itself by `process.getBuiltinModule`. An `import` of one makes Node evaluate all of its exports,
 * those as well that it loads only when they are used: 90 ms of undici, streams and readline at the start of a daemon. And
 * what packages `require` needs no `require` here.
 *
 * @type {import("esbuild").Plugin}
 */
export const builtinModulesByName = {
  name: "builtin-modules",
  setup(build) {
    build.onResolve({ filter: /^(node:)?[a-z0-9_/]+$/ }, ({ path, kind }) => {
      const name = path.replace(/^node:/, "");
      if (!BUILTINS.has(name)) return undefined;
      // What is imported later is a module with named exports, and is wanted whole.
      if (kind === "dynamic-import") return { path: `node:${name}`, external: true };
      return { path: name, namespace: "builtin" };
    });
    build.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule("node:${path}");`,
      loader: "js",
    }));
  },
};
