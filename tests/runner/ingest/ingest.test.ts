import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFile,
  chmod,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";

import { ProjectError } from "../../../runner/diagnostics.ts";
import { batchPath, listBatches } from "../../../runner/ingest/batches.ts";
import type { IngestReport } from "../../../runner/ingest/ingest.ts";
import { declaredTables, textOf, withLandingBench } from "../../support/landing.ts";
import { listFiles } from "../../support/list-files.ts";
import { zip } from "../../support/zip.ts";

const personal = {
  username: "person-4711",
  ip_addr: "203.0.113.9",
  ip_addr_decrypted: "198.51.100.7",
  user_agent_decrypted: "secret-agent%2F1.0",
};
const plays = JSON.stringify([
  { ts: "2021-03-04T05:06:07Z", ms_played: 1000, spotify_track_uri: "spotify:track:1", ...personal },
  { ts: "2021-03-04T05:10:07Z", ms_played: 2000, spotify_track_uri: "spotify:track:2", ...personal },
]);
const name = "Streaming_History_Audio_2021_0.json";

function outcomes({ files }: IngestReport): readonly (readonly [string, string, number])[] {
  return files.map(({ file, status, rowsLanded }) => [file, status, rowsLanded]);
}

test("the batch is the hash of the file's bytes and its record tells what landed", () =>
  withLandingBench(async (bench) => {
    const sha256 = createHash("sha256").update(plays).digest("hex");
    const batchId = sha256.slice(0, 16);
    const report = await bench.land([await bench.write(name, plays)]);
    const rows = { rowsRead: 2, rowsLanded: 2, rowsRejected: 0, rejections: [] };
    assert.deepEqual(report, {
      files: [
        {
          file: name,
          kind: "extended",
          table: "listening_history",
          batchId,
          status: "landed",
          bytes: Buffer.byteLength(plays),
          note: null,
          ...rows,
        },
      ],
      failures: [],
      ignored: 0,
      contradictions: [],
    });
    const [record] = await bench.rows("landings");
    assert.match(textOf(record?.["person"]), /^[0-9a-f]{16}$/);
    assert.match(textOf(record?.["export_id"]), /^[0-9a-f]{16}$/);
    assert.deepEqual(
      [{ ...record, person: "", export_id: "" }],
      [
        {
          batch_id: batchId,
          table_name: "listening_history",
          source_kind: "extended",
          account: "me",
          person: "",
          export_id: "",
          file: name,
          sha256,
          bytes: Buffer.byteLength(plays),
          rows_read: 2,
          rows_landed: 2,
          rows_rejected: 0,
          rejections: "[]",
          gaps: null,
          first_ended_at: new Date("2021-03-04T05:06:07Z"),
          last_ended_at: new Date("2021-03-04T05:10:07Z"),
          landed_at: new Date("2026-11-22T10:00:00Z"),
        },
      ],
    );
    assert.deepEqual(await listBatches(bench.dataDir), { landings: [batchId], listening_history: [batchId] });
  }));

test("the same file again, renamed, packed or in a zip or a folder, adds nothing", () =>
  withLandingBench(async (bench) => {
    await bench.land([await bench.write(name, plays)]);
    const before = await listFiles(bench.dataDir);
    const again = [
      await bench.write(name, plays),
      await bench.write("Streaming_History_Audio_2021 (1).json", plays),
      await bench.write("Streaming_History_Video_2021.json.gz", gzipSync(plays)),
      await bench.write("export.zip", zip([{ name: `Spotify/${name}`, content: plays }])),
      join(await bench.write(`folder/deeper/${name}`, plays), "../.."),
    ];
    const report = await bench.land(again, { landedAt: new Date("2027-01-01T00:00:00Z") });
    assert.deepEqual(report.failures, []);
    assert.deepEqual(
      report.files.map(({ status, rowsRead }) => [status, rowsRead]),
      again.map(() => ["already landed", 0]),
    );
    assert.deepEqual(await listFiles(bench.dataDir), before);
    assert.equal((await bench.rows("listening_history")).length, 2);
  }));

test("files that were looked at before are recognised without being read as long as they and what landed of them stay", () =>
  withLandingBench(async (bench) => {
    const archive = (content: string): Buffer => zip([{ name, content, stored: true }]);
    const packed = await bench.write("in/export.zip", archive(plays));
    await bench.write("in/holiday.mov", "not ours");
    const land = (codeVersion: string): Promise<IngestReport> => bench.land([join(packed, "..")], { codeVersion });
    const [first] = (await land("1")).files;
    const known = await land("1");
    assert.deepEqual([outcomes(known), known.ignored], [[[name, "already landed", 0]], 1]);
    const seen = join(bench.dataDir, "bronze/seen.json");
    assert.doesNotMatch(await readFile(seen, "utf8"), /holiday|tonearm|person/);

    // What is written there is what is told, so the zip is not unpacked again.
    await writeFile(seen, (await readFile(seen, "utf8")).replace(`"${name}"`, '"As remembered"'));
    assert.deepEqual(outcomes(await land("1")), [["As remembered", "already landed", 0]]);
    assert.deepEqual(outcomes(await land("2")), [[name, "already landed", 0]]);

    const mended = plays.replace('"ms_played":1000', '"ms_played":1001');
    const times = await stat(packed);
    await writeFile(packed, archive(mended));
    await utimes(packed, times.atime, times.mtime);
    assert.equal((await stat(packed)).size, times.size);
    assert.deepEqual(outcomes(await land("2")), [[name, "landed", 2]]);

    await bench.write("in/export.zip", archive(plays));
    assert.deepEqual(outcomes(await land("2")), [[name, "already landed", 0]]);
    await rm(batchPath(bench.dataDir, "landings", first?.batchId ?? ""));
    assert.deepEqual(outcomes(await land("2")), [[name, "landed", 2]]);
  }));

test("the same file twice in one call lands once", () =>
  withLandingBench(async (bench) => {
    const report = await bench.land([
      await bench.write("export.zip", zip([{ name, content: plays }])),
      await bench.write(name, plays),
    ]);
    assert.deepEqual(outcomes(report), [
      [name, "landed", 2],
      [name, "already landed", 0],
    ]);
  }));

test("a file landed from a zip and from a folder gives the same rows", async () => {
  const landed: unknown[] = [];
  for (const packed of [true, false]) {
    await withLandingBench(async (bench) => {
      const content = packed ? zip([{ name, content: plays }]) : plays;
      await bench.land([await bench.write(packed ? "export.zip" : name, content)]);
      landed.push(await bench.rows("listening_history"));
    });
  }
  assert.deepEqual(landed[0], landed[1]);
});

test("rows without their record are the remnant of a crash and are replaced", () =>
  withLandingBench(async (bench) => {
    const path = await bench.write(name, plays);
    const [file] = (await bench.land([path])).files;
    const rows = batchPath(bench.dataDir, "listening_history", file?.batchId ?? "");
    await rm(batchPath(bench.dataDir, "landings", file?.batchId ?? ""));
    await writeFile(rows, "half a file");
    assert.deepEqual(await listBatches(bench.dataDir), {});
    assert.deepEqual(outcomes(await bench.land([path])), [[name, "landed", 2]]);
    assert.equal((await bench.rows("listening_history")).length, 2);
    assert.equal((await bench.rows("landings")).length, 1);
  }));

test("a record whose rows are gone does not keep the file from landing again", () =>
  withLandingBench(async (bench) => {
    const path = await bench.write(name, plays);
    const [file] = (await bench.land([path])).files;
    await rm(batchPath(bench.dataDir, "listening_history", file?.batchId ?? ""));
    assert.deepEqual(outcomes(await bench.land([path])), [[name, "landed", 2]]);
  }));

test("what a killed run left in the temporary folder is gone after the next run, also when that lands nothing", () =>
  withLandingBench(async (bench) => {
    await bench.write("data/tmp/bronze/1", plays);
    await bench.write("data/tmp/build/keep", "another's");
    await bench.land([join(bench.root, "missing")]);
    assert.deepEqual(await listFiles(bench.dataDir), ["tmp/build/keep"]);
  }));

test("personal fields reach neither the Parquet nor the temporary folder nor the report", () =>
  withLandingBench(async (bench) => {
    const bad = await bench.write(
      "Streaming_History_Audio_2022.json",
      `${plays.slice(0, -1)},{"username":"person-4711",]`,
    );
    const report = await bench.land([await bench.write(name, plays), bad]);
    assert.deepEqual([report.files.length, report.failures.length], [1, 1]);
    const files = await listFiles(bench.dataDir);
    assert.deepEqual(
      files.filter((file) => file.startsWith("tmp/")),
      [],
    );
    const bytes = await Promise.all(files.map((file) => readFile(join(bench.dataDir, file), "latin1")));
    const values = await bench.rows("listening_history");
    const written = [...bytes, JSON.stringify(values), JSON.stringify(report)].join("\n");
    for (const secret of Object.values(personal)) assert.ok(!written.includes(secret), secret);
    assert.deepEqual(
      Object.keys(values[0] ?? {}),
      declaredTables.listening_history.map((column) => column.name),
    );
  }));

test("folders are the owner's alone and so are files, even where a folder was open before", () =>
  withLandingBench(async (bench) => {
    await mkdir(join(bench.dataDir, "bronze"), { recursive: true });
    await chmod(join(bench.dataDir, "bronze"), 0o755);
    await bench.land([await bench.write(name, plays)]);
    const bronze = join(bench.dataDir, "bronze");
    const entries = await readdir(bronze, { recursive: true, withFileTypes: true });
    const modes = await Promise.all(
      entries.map(async (entry) => (await stat(join(entry.parentPath, entry.name))).mode & 0o777),
    );
    assert.deepEqual(
      modes,
      entries.map((entry) => (entry.isDirectory() ? 0o700 : 0o600)),
    );
    assert.equal((await stat(bronze)).mode & 0o777, 0o700);
  }));

test("files of an account export are counted and left alone, a hidden one is not even counted", () =>
  withLandingBench(async (bench) => {
    const folder = join(await bench.write(`inbox/${name}`, plays), "..");
    const others = ["Userdata.json", "Payments.json", "ReadMeFirst.pdf", "SearchQueries.json"];
    for (const other of others) await bench.write(`inbox/account/${other}`, "not read");
    await bench.write("inbox/.DS_Store", "");
    await bench.write(`inbox/__MACOSX/._${name}`, "");
    const report = await bench.land([folder]);
    assert.deepEqual([report.files.length, report.failures, report.ignored], [1, [], others.length]);
  }));

test("zips in a folder and linked files are read, linked folders are not followed", () =>
  withLandingBench(async (bench) => {
    const outside = await bench.write("outside.json", plays.replaceAll("2021", "2020"));
    await bench.write("inbox/export.zip", zip([{ name, content: plays }]));
    await symlink(outside, join(bench.root, "inbox", "Streaming_History_Audio_2020.json"));
    await symlink("..", join(bench.root, "inbox", "loop"));
    const report = await bench.land([join(bench.root, "inbox")]);
    assert.deepEqual(report.failures, []);
    assert.deepEqual(outcomes(report), [
      [name, "landed", 2],
      ["Streaming_History_Audio_2020.json", "landed", 2],
    ]);
  }));

test("a file that is written to while it is read is refused, and lands when it is whole", () =>
  withLandingBench(async (bench) => {
    const path = await bench.write(name, plays.padEnd(40_000_000));
    const landing = bench.land([path]);
    const writing = setInterval(() => void appendFile(path, "  "), 2);
    const { files, failures } = await landing.finally(() => clearInterval(writing));
    assert.deepEqual(files, []);
    assert.deepEqual(
      failures.map(({ path: place, message }) => [place, message]),
      [[path, "changed while it was read"]],
    );
    assert.deepEqual(outcomes(await bench.land([path])), [[name, "landed", 2]]);
  }));

test("a folder around the data folder does not land the data folder", () =>
  withLandingBench(async (bench) => {
    await bench.write(name, plays);
    await bench.write("data/Streaming_History_Audio_2020.json", plays.replaceAll("2021", "2020"));
    assert.deepEqual(outcomes(await bench.land([bench.root])), [[name, "landed", 2]]);
  }));

test("a path that gives nothing is a failure that says where to get an export", () =>
  withLandingBench(async (bench) => {
    await mkdir(join(bench.root, "empty"));
    await bench.write("other/Userdata.json", "{}");
    await bench.write("other/Payments.json", "{}");
    const paths = [
      join(bench.root, "missing"),
      join(bench.root, "empty"),
      join(bench.root, "other"),
      await bench.write("empty.zip", zip([])),
      await bench.write("Userdata.json", '[{"ts":"2021-03-04T05:06:07Z","ms_played":1}]'),
    ];
    const { failures, files } = await bench.land(paths);
    assert.deepEqual(files, []);
    assert.deepEqual(
      failures.map(({ path, message }) => [path, message]),
      [
        [paths[0], "does not exist"],
        [paths[1], "holds no files"],
        [paths[2], "holds nothing that tonearm lands; 2 other files were left alone"],
        [paths[3], "holds no files"],
        [paths[4], "is no file that tonearm lands"],
      ],
    );
    for (const { hint } of failures) assert.match(hint ?? "", /spotify\.com\/account\/privacy/);
  }));

test("columns declared otherwise than they land are an error and nothing lands", () =>
  withLandingBench(async (bench) => {
    const tables = {
      ...declaredTables,
      listening_history: declaredTables.listening_history
        .filter((column) => column.name !== "platform")
        .map((column) => (column.name === "ms_played" ? { name: "ms_played", dataType: "INTEGER" } : column)),
    };
    const path = await bench.write(name, plays);
    await assert.rejects(bench.land([path], { tables }), (error) => {
      assert.ok(error instanceof ProjectError);
      assert.equal(
        error.diagnostics[0]?.message,
        "the source table 'listening_history' is declared otherwise than it lands: " +
          "ms_played lands as BIGINT, declared is INTEGER; platform lands as VARCHAR, declared is nothing",
      );
      return true;
    });
    assert.deepEqual(await listFiles(bench.dataDir), ["bronze/salt"]);
  }));

test("columns declared in another order and in small letters are the same columns", () =>
  withLandingBench(async (bench) => {
    const turned = Object.entries(declaredTables).map(([table, columns]) => [
      table,
      columns.map((column) => ({ ...column, dataType: column.dataType.toLowerCase() })).toReversed(),
    ]);
    const report = await bench.land([await bench.write(name, plays)], { tables: Object.fromEntries(turned) });
    assert.deepEqual(outcomes(report), [[name, "landed", 2]]);
  }));

test("names with quotes, brackets and stars are names, not patterns", () =>
  withLandingBench(async (bench) => {
    const dataDir = join(bench.root, "it's [my] *data?");
    const path = await bench.write(`it's [ab] *?/Streaming_History_Audio_it's [ab].json`, plays);
    const report = await bench.land([path], { dataDir });
    assert.deepEqual(outcomes(report), [["Streaming_History_Audio_it's [ab].json", "landed", 2]]);
    assert.equal((await listBatches(dataDir))["listening_history"]?.length, 1);
  }));

const isRoot = process.getuid?.() === 0;
test(
  "a data folder that cannot be written is a failure that names it, and nothing lands",
  {
    skip: isRoot ? "root may write everywhere" : false,
  },
  () =>
    withLandingBench(async (bench) => {
      await mkdir(bench.dataDir);
      await chmod(bench.dataDir, 0o500);
      const { files, failures } = await bench.land([await bench.write(name, plays)]);
      assert.deepEqual([files.length, failures.length], [0, 1]);
      assert.match(failures[0]?.path ?? "", /data/);
      assert.notEqual(failures[0]?.hint ?? "", "");
      await chmod(bench.dataDir, 0o700);
      assert.deepEqual(await listFiles(bench.dataDir), []);
    }),
);

test("DuckDB is loaded to land a file and not when every file has landed", () =>
  withLandingBench(async (bench) => {
    const path = await bench.write(name, plays);
    assert.deepEqual(await landInProcess(bench.dataDir, path), { status: "landed", loaded: true });
    assert.deepEqual(await landInProcess(bench.dataDir, path), { status: "already landed", loaded: false });
  }));

test("a moved data folder still knows what has landed", () =>
  withLandingBench(async (bench) => {
    const path = await bench.write(name, plays);
    await bench.land([path]);
    const dataDir = join(bench.root, "elsewhere");
    await rename(bench.dataDir, dataDir);
    assert.deepEqual(outcomes(await bench.land([path], { dataDir })), [[name, "already landed", 0]]);
    await cp(dataDir, bench.dataDir, { recursive: true });
    assert.deepEqual(outcomes(await bench.land([path])), [[name, "already landed", 0]]);
  }));

/** Lands a file in a process of its own, which tells whether the database's library was loaded into it. */
async function landInProcess(dataDir: string, path: string): Promise<unknown> {
  const script = `
    const { ingest } = await import("./runner/ingest/ingest.ts");
    const { declaredTables, landedAt } = JSON.parse(process.argv[1]);
    const options = { dataDir: process.argv[2], account: "me", landedAt: new Date(landedAt), tables: declaredTables };
    const { files } = await ingest([process.argv[3]], options);
    const { sharedObjects } = process.report.getReport();
    console.log(JSON.stringify({ status: files[0].status, loaded: sharedObjects.some((name) => /duckdb/i.test(name)) }));`;
  const input = JSON.stringify({ declaredTables, landedAt: "2026-11-22T10:00:00Z" });
  const args = ["--import", "tsx", "--input-type=module", "--eval", script, input, dataDir, path];
  const cwd = fileURLToPath(new URL("../../../", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd });
  return JSON.parse(stdout);
}
