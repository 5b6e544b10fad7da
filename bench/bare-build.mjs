import { readFileSync } from "node:fs";

import { DuckDBInstance } from "@duckdb/node-api";

// The lower bound of a build: the same statements and tests, no fingerprints, no journal, no publishing.
const nodes = JSON.parse(readFileSync(process.env.BENCH_STATEMENTS, "utf8"));
const instance = await DuckDBInstance.create(process.env.BENCH_OUTPUT, { threads: "2", memory_limit: "4GB" });
const count = Number(process.env.BENCH_CONNECTIONS ?? 2);
const connections = await Promise.all(Array.from({ length: count }, () => instance.connect()));
for (const schema of new Set(nodes.map((node) => node.schema))) await connections[0].run(`create schema ${schema}`);
const waiting = new Map(nodes.map((node) => [node.name, { ...node, needs: new Set(node.needs) }]));
let wakers = [];
async function work(connection) {
  await connection.run("set TimeZone = 'UTC'");
  while (waiting.size > 0) {
    const ready = [...waiting.values()].find((node) => node.needs.size === 0);
    if (ready === undefined) {
      await new Promise((resolve) => wakers.push(resolve));
      continue;
    }
    waiting.delete(ready.name);
    for (const sql of ready.statements) await connection.run(sql);
    for (const sql of ready.tests) await connection.runAndReadAll(sql);
    for (const node of waiting.values()) node.needs.delete(ready.name);
    wakers.splice(0).forEach((wake) => wake());
  }
  wakers.splice(0).forEach((wake) => wake());
}
await Promise.all(connections.map(work));
for (const connection of connections) connection.closeSync();
instance.closeSync();
