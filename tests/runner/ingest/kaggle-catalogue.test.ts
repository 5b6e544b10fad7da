import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { textOf, withLandingBench } from "../../support/landing.ts";
import { zip } from "../../support/zip.ts";

const header =
  ",track_id,artists,album_name,track_name,popularity,duration_ms,explicit,danceability,energy,key,loudness,mode," +
  "speechiness,acousticness,instrumentalness,liveness,valence,tempo,time_signature,track_genre";
const numbers = "73,230666,False,0.676,0.461,1,-6.746,0,0.143,0.0322,1.01e-06,0.358,0.715,87.917,4,acoustic";
const plain = `0,id0,Gen,Comedy,Comedy,${numbers}`;

function csv(...lines: readonly string[]): string {
  return [header, ...lines, ""].join("\n");
}

test("a row lands with every column, scientific notation read as the number it is", () =>
  withLandingBench(async (bench) => {
    const report = await bench.land([await bench.write("dataset.csv", csv(plain))]);
    assert.deepEqual(report.failures, []);
    const [row] = await bench.rows("kaggle_tracks");
    const { batch_id: batchId, ...values } = row ?? {};
    assert.equal(batchId, report.files[0]?.batchId);
    assert.deepEqual(values, {
      line_number: 2,
      row_index: 0,
      track_id: "id0",
      artists: "Gen",
      album_name: "Comedy",
      track_name: "Comedy",
      popularity: 73,
      duration_ms: 230666,
      explicit: false,
      danceability: 0.676,
      energy: 0.461,
      key: 1,
      loudness: -6.746,
      mode: 0,
      speechiness: 0.143,
      acousticness: 0.0322,
      instrumentalness: 0.00000101,
      liveness: 0.358,
      valence: 0.715,
      tempo: 87.917,
      time_signature: 4,
      track_genre: "acoustic",
      landed_at: new Date("2026-11-22T10:00:00Z"),
    });
  }));

test("quotes, commas and line breaks inside fields are read, and lines are counted past them", () =>
  withLandingBench(async (bench) => {
    const content = csv(
      `0,id0,A;B,"One, Two","Say ""hi""",${numbers}`,
      `1,id1,C,"three\nlines\r\nhere",'single',${numbers}`,
      `2,id2,D,"This is My,,,",nan,${numbers}`,
    );
    await bench.land([await bench.write("dataset.csv", content)]);
    const rows = await bench.rows("kaggle_tracks", "select line_number, artists, album_name, track_name from landed");
    assert.deepEqual(rows, [
      { line_number: 2, artists: "A;B", album_name: "One, Two", track_name: 'Say "hi"' },
      { line_number: 3, artists: "C", album_name: "three\nlines\r\nhere", track_name: "'single'" },
      { line_number: 6, artists: "D", album_name: "This is My,,,", track_name: "nan" },
    ]);
  }));

test("the row without names, a loudness above 0 and Windows line ends land", () =>
  withLandingBench(async (bench) => {
    const empty = "65900,1kR4,,,,0,0,False,0.501,0.583,7,4.53,0,0.0605,0.69,0.00396,0.0747,0.734,0.0,0,k-pop";
    const content = csv(plain, empty).replaceAll("\n", "\r\n");
    await bench.land([await bench.write("dataset.csv", content)]);
    const rows = await bench.rows(
      "kaggle_tracks",
      "select line_number, artists, album_name, track_name, duration_ms, loudness, tempo, track_genre from landed",
    );
    assert.deepEqual(rows[1], {
      line_number: 3,
      artists: null,
      album_name: null,
      track_name: null,
      duration_ms: 0,
      loudness: 4.53,
      tempo: 0,
      track_genre: "k-pop",
    });
  }));

test("rows that cannot be read are left out with the line of the first, the others land", () =>
  withLandingBench(async (bench) => {
    const content = csv(
      plain,
      "1,id1,too,few",
      `2,id2,A,B,C,${numbers},more`,
      `3,id3,A,"B"x,C,${numbers}`,
      `4,id4,A,B,C,${numbers.replace("73", "73.5")}`,
      `5,id5,A,B,C,${numbers.replace("73", "7_3")}`,
      `6,id6,A,B,C,${numbers.replace("-6.746", "loud")}`,
      `7,id7,A,B,C,${numbers.replace("-6.746", "inf")}`,
      `8,id8,A,B,C,${numbers.replace("False", "perhaps")}`,
      `9,,A,B,C,${numbers}`,
      `10,id10,A,B 5" C,D,${numbers}`,
      `11,id11,A,"never closed,C,${numbers}`,
      `12,id12,A,B,C,${numbers}`,
    );
    const { files } = await bench.land([await bench.write("dataset.csv", content)]);
    assert.deepEqual(files[0]?.rejections, [
      { reason: "the row has fewer fields than the header", rows: 1, firstRow: 3 },
      { reason: "the row has more fields than the header", rows: 1, firstRow: 4 },
      { reason: "the row's quotes do not add up", rows: 2, firstRow: 5 },
      { reason: "popularity is not a whole number", rows: 2, firstRow: 6 },
      { reason: "loudness is not a number", rows: 2, firstRow: 8 },
      { reason: "explicit is neither True nor False", rows: 1, firstRow: 10 },
      { reason: "track_id is missing", rows: 1, firstRow: 11 },
      { reason: "the row has a quote that is not closed", rows: 1, firstRow: 13 },
    ]);
    assert.deepEqual([files[0]?.rowsRead, files[0]?.rowsLanded, files[0]?.rowsRejected], [13, 2, 11]);
    const rows = await bench.rows("kaggle_tracks", "select line_number, track_id from landed");
    assert.deepEqual(rows, [
      { line_number: 2, track_id: "id0" },
      { line_number: 14, track_id: "id12" },
    ]);
  }));

test("bytes that are no UTF-8 reject their row alone", () =>
  withLandingBench(async (bench) => {
    const bad = Buffer.concat([Buffer.from("1,id1,Mot"), Buffer.from([0xf6]), Buffer.from(`rhead,B,C,${numbers}\n`)]);
    const path = await bench.write("dataset.csv", Buffer.concat([Buffer.from(`${header}\n`), bad, Buffer.from(plain)]));
    const { files } = await bench.land([path]);
    assert.deepEqual(files[0]?.rejections, [{ reason: "the row is not UTF-8 text", rows: 1, firstRow: 2 }]);
    assert.equal(files[0]?.rowsLanded, 1);
  }));

test("the catalogue is recognised by its header, whatever the name, order of columns or packing", async () => {
  const turned = [header, plain].map((line) => {
    const [index, ...others] = line.split(",");
    return [index, ...others.toReversed()].join(",");
  });
  const content = csv(plain);
  const files: readonly (readonly [string, string | Buffer])[] = [
    ["music.txt", content],
    ["kaggle_tracks.csv.gz", gzipSync(content)],
    ["archive.zip", zip([{ name: "dataset.csv", content }])],
    ["with-mark.csv", `\uFEFF${content}`],
    ["turned.csv", turned.join("\n")],
    ["resaved.csv", content.replace(",track_id", "Unnamed: 0,track_id")],
  ];
  for (const [name, bytes] of files) {
    await withLandingBench(async (bench) => {
      const report = await bench.land([await bench.write(name, bytes)]);
      assert.deepEqual(report.failures, [], name);
      const rows = await bench.rows("kaggle_tracks", "select track_id, tempo, track_genre from landed");
      assert.deepEqual(rows, [{ track_id: "id0", tempo: 87.917, track_genre: "acoustic" }], name);
    });
  }
});

test("a catalogue that lacks a column is refused at its header with the likely name", () =>
  withLandingBench(async (bench) => {
    const path = await bench.write("dataset.csv", csv(plain).replace("track_genre", "track_genres"));
    const { failures, files } = await bench.land([path]);
    assert.deepEqual(files, []);
    assert.deepEqual([failures[0]?.path, failures[0]?.line], [path, 1]);
    assert.equal(failures[0]?.message, "the header lacks 'track_genre'");
    assert.match(failures[0]?.hint ?? "", /did you mean 'track_genres'\?/);
  }));

test("another CSV in a folder is left alone", () =>
  withLandingBench(async (bench) => {
    await bench.write("inbox/dataset.csv", csv(plain));
    await bench.write("inbox/expenses.csv", "date,amount\n2024-01-01,5\n");
    const report = await bench.land([`${bench.root}/inbox`]);
    assert.deepEqual([report.files.length, report.ignored, report.failures.length], [1, 1, 0]);
    const [record] = await bench.rows("landings", "select file, table_name from landed");
    assert.equal(textOf(record?.["file"]), "dataset.csv");
  }));
