import assert from "node:assert/strict";
import { test } from "node:test";

import { accountFile, extendedFile } from "../../support/bronze.ts";
import { accountRow, newLife, trackRow } from "../../support/life.ts";
import { rowsAsLines } from "../../support/rows-as-lines.ts";

/** All of the project that is looked at here. */
const models = ["gold/listening"];

const skipped = (ms: number) => ({ ms_played: ms, reason_end: "fwdbtn" });

/** Five sessions; the first begins in UTC's 2023 and Berlin's 2024, at 00:07 on a Monday. */
const history = [
  trackRow("2023-12-31 23:10:00", "Ann - One", { reason_start: "clickrow" }),
  trackRow("2023-12-31 23:10:10", "Ann - Two", { ...skipped(10_000), shuffle: true }),
  trackRow("2023-12-31 23:10:14", "Ann - Three", { ...skipped(4000), reason_start: "fwdbtn" }),
  // One lasts 180 seconds: 178 of them are the end, not a skip.
  trackRow("2023-12-31 23:13:12", "Ann - One", { ...skipped(178_000), reason_start: "fwdbtn" }),
  trackRow("2024-06-01 10:01:00", "Bo - Four", { ms_played: 60_000, reason_end: "logout" }),
  trackRow("2024-06-01 10:01:20", "Bo - Five", {
    ms_played: 20_000,
    reason_start: null,
    reason_end: "endplay",
    shuffle: null,
  }),
  trackRow("2024-06-02 12:00:08", "Bo - Six", { ...skipped(8000), incognito: true }),
  trackRow("2024-06-02 12:03:08", "Bo - Six"),
  trackRow("2024-06-02 12:06:08", "Bo - Seven"),
  trackRow("2024-06-02 20:03:00", "Cy - Eight", { platform: "web_player osx 10.15.7;chrome 105.0.0.0;desktop" }),
  trackRow("2024-06-02 20:06:00", "Cy - Nine"),
];

test("skips and sessions of all plays", async (context) => {
  const life = await newLife(context, "Europe/Berlin", models);
  await life.land(
    extendedFile("Streaming_History_Audio_2023-2024.json", history),
    accountFile("StreamingHistory_music_0.json", [accountRow("2024-06-03 12:03", "Ann - One")]),
  );
  await life.build("+tag:listening");

  await context.test("skip_behaviour leaves unknown skips out of the rate and counts them", async () => {
    assert.deepEqual(
      rowsAsLines(
        await life.query(`select breakdown, value, position, play_count, stream_count, plays_with_skip_known,
          plays_with_skip_unknown, skip_count, skip_percentage, median_seconds_before_skip from gold.skip_behaviour`),
      ),
      [
        "day_of_week | 1 | 1 | 5 | 4 | 5 | 0 | 1 | 20 | 8",
        "day_of_week | 2 | 2 | 5 | 3 | 4 | 1 | 2 | 50 | 4",
        "day_of_week | 7 | 3 | 2 | 1 | 1 | 1 | 1 | 100 | 20",
        "hour_of_day | 0 | 1 | 4 | 2 | 4 | 0 | 2 | 50 | 4",
        "hour_of_day | 12 | 2 | 2 | 1 | 1 | 1 | 1 | 100 | 20",
        // 14:00 in summer, on Sunday and, from account data, on Monday.
        "hour_of_day | 14 | 3 | 4 | 3 | 3 | 1 | 1 | 33.33 | 8",
        "hour_of_day | 22 | 4 | 2 | 2 | 2 | 0 | 0 | 0 | –",
        "listening_year | 2024 | 1 | 12 | 8 | 10 | 2 | 4 | 40 | 8",
        "platform_family | phone | 1 | 10 | 6 | 9 | 1 | 4 | 44.44 | 8",
        "platform_family | unknown | 2 | 1 | 1 | 0 | 1 | 0 | – | –",
        "platform_family | web_player | 3 | 1 | 1 | 1 | 0 | 0 | 0 | –",
        "reason_start | trackdone | 1 | 7 | 5 | 6 | 1 | 2 | 33.33 | 8",
        "reason_start | fwdbtn | 2 | 2 | 1 | 2 | 0 | 1 | 50 | 4",
        "reason_start | unknown | 3 | 2 | 1 | 1 | 1 | 1 | 100 | 20",
        "reason_start | clickrow | 4 | 1 | 1 | 1 | 0 | 0 | 0 | –",
        "shuffle | off | 1 | 9 | 7 | 8 | 1 | 2 | 25 | 4",
        "shuffle | unknown | 2 | 2 | 1 | 1 | 1 | 1 | 100 | 20",
        "shuffle | on | 3 | 1 | 0 | 1 | 0 | 1 | 100 | 10",
        // Skips after 4, 8, 10 and 20 seconds; the logout and the account's play tell nothing.
        "total | all | 1 | 12 | 8 | 10 | 2 | 4 | 40 | 8",
      ],
    );
  });

  await context.test("session_summary takes a session for the local year it begins in", async () => {
    assert.deepEqual(
      rowsAsLines(
        await life.query(`select listening_year, is_partial, session_count, play_count, stream_count, minutes_played,
          plays_without_ms, mean_length_minutes, median_length_minutes, longest_length_minutes,
          longest_started_at::varchar as longest_started_at, plays_per_session, plays_with_skip_known, skip_count,
          skipless_sessions from gold.session_summary`),
      ),
      // Lengths 6.2, 1.33, 6.13, 6 and 3; 1,360 seconds played. Only Cy's session has no skip for certain.
      ["2024 | true | 5 | 12 | 8 | 22.67 | 0 | 4.53 | 6 | 6.2 | 2023-12-31 23:07:00 | 2.4 | 10 | 4 | 1"],
    );
  });
});

const platforms = [
  ["Android OS 4.1.2 API 16 (samsung, GT-I9300)", "phone"],
  ["android", "phone"],
  ["iOS 14.4 (iPhone12,1)", "phone"],
  ["ios", "phone"],
  ["Partner android_sdk HUAWEI;vtr-l29;;8.0.0_arm64-v8a", "phone"],
  ["iOS 9.3.2 (iPad5,3)", "tablet"],
  ["Android-tablet OS 8.1.0 API 27 (samsung, SM-T580)", "tablet"],
  ["OS X 10.13.6 [x86 8]", "desktop"],
  ["osx", "desktop"],
  ["Windows 10 (10.0.18363; x64; AppX)", "desktop"],
  ["Linux [x86-64 0]", "desktop"],
  ["web_player windows 10;chrome 83.0.4103.61;desktop", "web_player"],
  ["WebPlayer (websocket RFC6455)", "web_player"],
  ["Partner spotify web_player osx 10;safari", "web_player"],
  ["Partner google cast;Google_Home;;2.0.0-342", "speaker"],
  ["Partner google cast_voice;Google_Home;;5.10.0", "speaker"],
  ["Partner sonos_ppc Sonos;Play1", "speaker"],
  ["Partner amazon_salmon Amazon;Echo_Dot;;tpapi", "speaker"],
  ["Partner google cast;Chromecast_Audio;;", "speaker"],
  ["cast", "speaker"],
  ["Partner google cast_tv;Chromecast;;1.22", "tv"],
  ["Partner webos_tv lg;55sk8500pla;;", "tv"],
  ["Partner android_tv Sony;BRAVIA_4K", "tv"],
  ["Partner roku_tv roku;3810rw;;tpapi", "tv"],
  ["Partner scei sony_tv;ps4;;", "console"],
  ["Partner microsoft xbox_one;;", "console"],
  ["Partner spotify carthing_superbird;;", "car"],
  ["Partner tesla Tesla;Model_3", "car"],
  ["Partner garmin wearable;fenix", "watch"],
  ["not_applicable", "other"],
  ["", "unknown"],
  [null, "unknown"],
] as const;

test("platform_mix knows the platform strings of all years", async (context) => {
  const life = await newLife(context, "UTC", models);
  const year = (index: number) => 1990 + index;
  await life.land(
    extendedFile("Streaming_History_Audio_1990.json", [
      ...platforms.map(([platform], index) => trackRow(`${year(index)}-07-01 12:00:00`, "Ann - One", { platform })),
      // A year of three players: 6 of 9 minutes on two telephones, 2 on the web, 1 on nobody knows what.
      trackRow("2024-07-01 12:00:00", "Ann - One", { ms_played: 240_000 }),
      trackRow("2024-07-02 12:00:00", "Ann - One", { ms_played: 120_000, platform: "ios" }),
      trackRow("2024-07-03 12:00:00", "Ann - One", { ms_played: 120_000, platform: "web_player osx" }),
      trackRow("2024-07-04 12:00:00", "Ann - One", { ms_played: 60_000, platform: null }),
    ]),
  );
  await life.build("+tag:listening");
  assert.deepEqual(
    rowsAsLines(
      await life.query("select listening_year, platform_family from gold.platform_mix where listening_year < 2024"),
    ),
    platforms.map(([, family], index) => `${year(index)} | ${family}`),
  );
  assert.deepEqual(
    rowsAsLines(
      await life.query(`select is_partial, platform_family, distinct_platforms, stream_count, minutes_played,
        plays_without_ms, stream_percentage, minutes_percentage from gold.platform_mix where listening_year = 2024`),
    ),
    [
      "true | phone | 2 | 2 | 6 | 0 | 50 | 66.67",
      "true | unknown | 0 | 1 | 1 | 0 | 25 | 11.11",
      "true | web_player | 1 | 1 | 2 | 0 | 25 | 22.22",
    ],
  );
});
