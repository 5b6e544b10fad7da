import assert from "node:assert/strict";
import { test } from "node:test";

import { cellText } from "../../../runner/warehouse/cells.ts";
import { accountFile, catalogueFile, extendedFile } from "../../support/bronze.ts";
import { accountRow, type Life, newLife, trackId, trackRow } from "../../support/life.ts";

/** All of the project that is looked at here. */
const models = ["gold/descriptive", "top_shows"];

/** Streams left in gold, as `day title`. */
async function streamsOf(life: Life): Promise<string> {
  const [row] = await life.query(`select string_agg(day(listening_date) || ' ' || track_name, ', '
    order by started_at) as left_over from gold.streams`);
  return cellText(row?.["left_over"]);
}

test("seed exclusions", async (context) => {
  const life = await newLife(context, "UTC", models);
  await life.land(
    extendedFile("Streaming_History_Audio_2024.json", [
      trackRow("2024-05-01 10:00:00", "Ann - One"),
      trackRow("2024-05-02 10:00:00", "Rain & Co - Drops"),
      trackRow("2024-05-03 10:00:00", "Bo - Two"),
      trackRow("2024-05-04 10:00:00", "Bo - Two (Remastered 2011)"),
      trackRow("2024-05-05 10:00:00", "Bo - Three"),
    ]),
    accountFile("StreamingHistory_music_0.json", [
      accountRow("2024-05-06 10:00", "Bo - Two"),
      accountRow("2024-05-07 10:00", "Cy - Four"),
      accountRow("2024-05-08 10:00", "rain and co - Drops"),
      accountRow("2024-05-09 10:00", "RAIN & CO. - Storm"),
    ]),
    catalogueFile([{ line_number: 2, track_id: trackId("fourth"), track_name: "Four", artists: "Cy" }]),
  );
  await life.build("+tag:descriptive", "+top_shows");
  const everything = "1 One, 2 Drops, 3 Two, 4 Two (Remastered 2011), 5 Three, 6 Two, 7 Four, 8 Drops, 9 Storm";
  assert.equal(await streamsOf(life), everything);
  const id = trackId("Bo - Two");
  const cases = [
    {
      what: "an artist in any spelling",
      rules: ["artist,rain & co,,,,sleep"],
      left: "1 One, 3 Two, 4 Two (Remastered 2011), 5 Three, 6 Two, 7 Four, 8 Drops",
    },
    {
      what: "an artist for some days",
      rules: ["artist,Bo,,2024-05-04,2024-05-05,"],
      left: "1 One, 2 Drops, 3 Two, 6 Two, 7 Four, 8 Drops, 9 Storm",
    },
    {
      what: "a track by its address, in every version and where a source has no id",
      rules: [`track,https://open.spotify.com/track/${id}?si=1,,,,`],
      left: "1 One, 2 Drops, 5 Three, 7 Four, 8 Drops, 9 Storm",
    },
    {
      what: "a track by title and artist",
      rules: ["track,TWO,bo,,,"],
      left: "1 One, 2 Drops, 5 Three, 7 Four, 8 Drops, 9 Storm",
    },
    {
      what: "a track by an id that only the catalogue knows",
      rules: [`track,${trackId("fourth")},,,,`],
      left: everything.replace(", 7 Four", ""),
    },
    {
      what: "a period, both of its days included",
      rules: ["period,,,2024-05-02,2024-05-06,holiday"],
      left: "1 One, 7 Four, 8 Drops, 9 Storm",
    },
    {
      what: "two rules that meet, once",
      rules: ["artist,Ann,,,,", "period,,,,2024-05-01,"],
      left: everything.replace("1 One, ", ""),
    },
  ];

  for (const { what, rules, left } of cases) {
    await context.test(`leave out ${what}`, async () => {
      await life.exclude(...rules);
      await life.build("+tag:descriptive", "+top_shows");
      assert.equal(await streamsOf(life), left);
    });
  }

  await context.test("stay in silver", async () => {
    assert.deepEqual(await life.query("select count(*) as plays from silver.listening_with_features"), [{ plays: 9 }]);
  });

  await context.test("that match nothing are warned of", async () => {
    await life.exclude("artist,Nobody,,,,", `track,${trackId("nothing")},,,,`, "artist,Ann,,,,");
    assert.match(await life.tryBuild(), /WARN=1 ERROR=0/);
  });

  await context.test("that name a track by title without an artist fail and hold gold only", async () => {
    await life.exclude("track,Two,,,,");
    const printed = await life.tryBuild();
    assert.match(printed, /seeds\/exclusions\.yml:\d+:\d+ data test \S+ fails on 1 row/);
    assert.match(printed, /SKIP gold\.streams /);
    assert.doesNotMatch(printed, /silver\./);
  });
});
