import assert from "node:assert/strict";
import { test } from "node:test";

import { ProjectError } from "../../../runner/diagnostics.ts";
import { selectNodes } from "../../../runner/graph/select-nodes.ts";
import { selectableManifest } from "../../support/selectable-manifest.ts";

/** landings → plays → songs, plays → streams → trends, streams → top; in the order they are built. */
const manifest = selectableManifest("small", {
  plays: { path: "models/silver/plays.sql", tags: ["silver"], reads: ["bronze.landings"] },
  songs: { path: "models/silver/songs.sql", tags: ["silver"], reads: ["plays"] },
  streams: { path: "models/gold/streams.sql", tags: ["gold"], reads: ["plays"] },
  trends: { path: "models/gold/descriptive/trends.sql", tags: ["gold", "descriptive"], reads: ["streams"] },
  top: { path: "models/gold/descriptive/top.sql", tags: ["gold", "descriptive"], reads: ["streams", "songs"] },
});

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
  ["*.t*", "", "trends top"],
  ["tag:gold,*.t*", "", "trends top"],
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
  ["@plays+", /'@plays\+' has both @ and a \+ behind/],
  ["+", /'\+' is no selector/],
  ["resource_type:modle", /'resource_type:modle' is no selector\n\ndid you mean 'model'\?/],
  ["test_type:schema", /test_type: takes generic, singular, data, unit/],
  ["state:modifed", /did you mean 'modified'\?/],
  ["result:broken", /result: takes success, error, skipped/],
  ["version:latest", /models have no versions here/],
  ["source_status:fresher+", /a build compares its sources by itself/],
];

for (const [select, message] of mistakes) {
  test(`--select '${select}' is an error with a hint`, () => {
    assert.throws(
      () => selectNodes(manifest, { select: [select], exclude: [] }),
      (error) => error instanceof ProjectError && error.exitCode === 2 && message.test(error.message),
    );
  });
}
