import Module from "node:module";

/** Calls `use` with DuckDB's connection class as soon as the command line loads the library, as a package or as the one file beside its bundle. */
export function onDuckDB(use) {
  const load = Module["_load"];
  const seen = new Set();
  Module["_load"] = function (...args) {
    const loaded = load.apply(this, args);
    const connection = loaded?.DuckDBConnection;
    if (connection !== undefined && !seen.has(connection)) {
      seen.add(connection);
      use(connection);
    }
    return loaded;
  };
}
