import { readFile } from "node:fs/promises";
import { join } from "node:path";

import * as z from "zod";

import { boostedTreesRegressor } from "../runner/learning/algorithms/boosted-trees.ts";
import { featureTable, takeNumbers, takeRows } from "../runner/learning/algorithms/feature-table.ts";
import { columnOf, without } from "./learning-tasks.ts";

const folder = process.argv[2] ?? "";
const namesSchema = z.strictObject({ names: z.array(z.string()), rowCount: z.number(), features: z.number() });
const { names, rowCount } = namesSchema.parse(JSON.parse(await readFile(join(folder, "tracks.json"), "utf8")));
const bytes = await readFile(join(folder, "tracks.f64"));
const numbers = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
const tracks = featureTable(
  Object.fromEntries(names.map((name, index) => [name, numbers.subarray(index * rowCount, (index + 1) * rowCount)])),
);

const folds = columnOf(tracks, "fold");
const rows = Array.from(folds.keys()).filter((row) => folds[row] !== 0);
const features = takeRows(without(tracks, ["valence", "mood", "genre", "fold"]), rows);
const labels = takeNumbers(columnOf(tracks, "valence"), rows);

const fitted = performance.now();
const model = boostedTreesRegressor.fit({ features, labels }, { rounds: 300, validationShare: 0 });
const fitSeconds = (performance.now() - fitted) / 1000;

const many = takeRows(
  features,
  Array.from({ length: 100_000 }, (_, row) => row % rows.length),
);
const score = boostedTreesRegressor.load(model);
const scored = performance.now();
score(many);
const scoreSeconds = (performance.now() - scored) / 1000;
process.stdout.write(JSON.stringify({ fitSeconds, scoreSeconds }));
