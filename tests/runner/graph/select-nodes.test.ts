import assert from "node:assert/strict";
import { test } from "node:test";

import type { Manifest, ManifestNode } from "../../../runner/compile/manifest.ts";
import { ProjectError } from "../../../runner/diagnostics.ts";
import { selectNodes } from "../../../runner/graph/select-nodes.ts";

/** landings → plays → songs, plays → streams → trends, streams → top; in the order they are built. */
const graph: Readonly<Record<string, { folder: string; tags: readonly string[]; reads: readonly string[] }>> = {
  plays: { folder: "silver", tags: ["silver"], reads: ["landings"] },
  songs: { folder: "silver", tags: ["silver"], reads: ["plays"] },
  streams: { folder: "gold", tags: ["gold"], reads: ["plays"] },
  trends: { folder: "gold/descriptive", tags: ["gold", "descriptive"], reads: ["streams"] },
  top: { folder: "gold/descriptive", tags: ["gold", "descriptive"], reads: ["streams", "songs"] },
};

const manifest = createManifest();

const cases: readonly [select: string, exclude: string, expected: string][] = [
  ["", "", "landings plays songs streams trends top"],
  ["plays", "", "plays"],
  ["plays songs", "", "plays songs"],
  ["+trends", "", "landings plays streams trends"],
  ["1+trends", "", "streams trends"],
  ["2+trends", "", "plays streams trends"],
  ["streams+", "", "streams trends top"],
  ["plays+1", "", "plays songs streams"],
  ["+streams+", "", "landings plays streams trends top"],
  ["tag:descriptive", "", "trends top"],
  ["+tag:descriptive", "", "landings plays songs streams trends top"],
  ["path:models/gold", "", "streams trends top"],
  ["path:models/gold/descriptive", "", "trends top"],
  ["models/gold/descriptive/top.sql", "", "top"],
  ["t*", "", "trends top"],
  ["tag:gold,t*", "", "trends top"],
  ["+top,tag:silver", "", "plays songs"],
  ["source:bronze.landings+1", "", "landings plays"],
  ["source:bronze", "", "landings"],
  ["resource_type:model,path:models/silver", "", "plays songs"],
  ["", "tag:descriptive", "landings plays songs streams"],
  ["", "streams+", "landings plays songs"],
  ["plays+", "songs top", "plays streams trends"],
];

for (const [select, exclude, expected] of cases) {
  test(`--select '${select}' --exclude '${exclude}' gives ${expected}`, () => {
    const selected = selectNodes(manifest, { select: [select], exclude: [exclude] });
    assert.equal(selected.map((uniqueId) => uniqueId.split(".").at(-1)).join(" "), expected);
  });
}

test("several --select are a union", () => {
  const selected = selectNodes(manifest, { select: ["songs", "top trends"], exclude: [] });
  assert.deepEqual(selected, ["model.small.songs", "model.small.trends", "model.small.top"]);
});

const mistakes: readonly [select: string, message: RegExp][] = [
  ["straems", /--select 'straems' matches nothing\n\ndid you mean 'streams'\?/],
  ["tag:descriptve", /did you mean 'descriptive'\?/],
  ["tagg:gold", /--select 'tagg:gold' is no selector\n\ndid you mean 'tag'\?/],
  ["source:bronze.landing", /did you mean 'bronze\.landings'\?/],
  ["path:models/glod", /'path:models\/glod' matches nothing/],
];

for (const [select, message] of mistakes) {
  test(`--select '${select}' is an error with a hint`, () => {
    assert.throws(
      () => selectNodes(manifest, { select: [select], exclude: [] }),
      (error) => error instanceof ProjectError && error.exitCode === 2 && message.test(error.message),
    );
  });
}

function createManifest(): Manifest {
  const id = (name: string): string => (name === "landings" ? "source.small.bronze.landings" : `model.small.${name}`);
  const base = { description: "", columns: [], critical: false };
  const source: ManifestNode = {
    ...base,
    resourceType: "source",
    uniqueId: id("landings"),
    name: "landings",
    schema: "bronze",
    relation: "bronze.landings",
    path: "project.yml",
    tags: [],
    dependsOn: [],
    reads: [],
  };
  const models = Object.entries(graph).map(([name, { folder, tags, reads }]): ManifestNode => ({
    ...base,
    resourceType: "model",
    uniqueId: id(name),
    name,
    schema: folder.split("/")[0] ?? "",
    relation: `${folder.split("/")[0]}.${name}`,
    path: `models/${folder}/${name}.sql`,
    tags,
    dependsOn: reads.map(id),
    reads: reads.map(id),
    materialized: "table",
    uniqueKey: [],
    incrementalStrategy: "append",
    onSchemaChange: "fail",
    partitionBy: null,
    partitionedInputs: [],
    training: null,
    scoredBy: null,
    compiledCode: "select 1",
    sourceMap: { files: [], segments: [] },
    incrementalCode: null,
    incrementalSourceMap: null,
  }));
  const nodes = [source, ...models];
  return {
    project: "small",
    root: "",
    order: nodes.map(({ uniqueId }) => uniqueId),
    nodes: Object.fromEntries(nodes.map((node) => [node.uniqueId, node])),
    tests: [],
    dashboards: [],
  };
}
