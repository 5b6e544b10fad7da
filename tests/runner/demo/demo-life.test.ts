import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { counted, type Demo, groupBy, type Listened, mean, median, readDemo, songOf } from "./read-demo.ts";

let demo: Demo;

before(async () => {
  demo = await readDemo();
});

after(() => demo.remove());

const dayMs = 86_400_000;
const months = { winter: ["12", "01", "02"], summer: ["06", "07", "08"] } as const;

function isIn(season: keyof typeof months): (play: Listened) => boolean {
  return ({ date }) => months[season].some((month) => month === date.slice(5, 7));
}

/** The mean over the plays whose id stands in the catalogue. */
function meanOf(feature: "energy" | "valence", plays: readonly Listened[]): number {
  const byUri = new Map(demo.catalogue.map((track) => [`spotify:track:${track.track_id}`, track[feature]]));
  return mean(plays.flatMap(({ row }) => byUri.get(row.spotify_track_uri ?? "") ?? []));
}

function topArtists(plays: readonly Listened[]): readonly (string | null)[] {
  return [...counted(plays.map(({ row }) => row.master_metadata_album_artist_name)).keys()].slice(0, 10);
}

test("the way to work falls into the same local hour in winter and in summer", () => {
  for (const season of ["winter", "summer"] as const) {
    const mornings = demo.plays.filter((play) => !play.isWeekend && play.hour < 12 && isIn(season)(play));
    const [busiest] = counted(mornings.map(({ hour }) => hour)).keys();
    assert.equal(busiest, 7, season);
  }
});

test("music starts later on Saturdays and Sundays", () => {
  const days = groupBy(
    demo.plays.filter(({ hour }) => hour >= 5),
    ({ date }) => date,
  );
  const starts = (isWeekend: boolean): readonly number[] =>
    [...days.values()]
      .filter((plays) => plays[0]?.isWeekend === isWeekend)
      .map((plays) => Math.min(...plays.map(({ minuteOfDay }) => minuteOfDay)));
  assert.ok(median(starts(true)) - median(starts(false)) > 90);
});

test("the way to work is lively, the last hours before sleep are calm", () => {
  const workdays = demo.songs.filter(({ isWeekend }) => !isWeekend);
  const morning = workdays.filter(({ hour }) => hour === 7 || hour === 8);
  const night = workdays.filter(({ hour }) => hour === 22 || hour === 23);
  for (const feature of ["energy", "valence"] as const) {
    const difference = meanOf(feature, morning) - meanOf(feature, night);
    assert.ok(difference > 0.12, `${feature} ${difference}`);
  }
});

test("summers sound brighter than winters", () => {
  const difference =
    meanOf("valence", demo.songs.filter(isIn("summer"))) - meanOf("valence", demo.songs.filter(isIn("winter")));
  assert.ok(difference > 0.02, `${difference}`);
});

test("on lively ways to work calm songs are skipped more than lively ones", () => {
  const byUri = new Map(demo.catalogue.map((track) => [`spotify:track:${track.track_id}`, track]));
  const commute = demo.songs.filter(({ isWeekend, hour }) => !isWeekend && (hour === 7 || hour === 8));
  const skipRate = (isCalm: boolean): number => {
    const plays = commute.filter(({ row }) => {
      const energy = byUri.get(row.spotify_track_uri ?? "")?.energy;
      return energy !== undefined && (isCalm ? energy < 0.5 : energy > 0.7);
    });
    assert.ok(plays.length > 50, `${plays.length} plays`);
    return plays.filter(({ row }) => row.skipped).length / plays.length;
  };
  assert.ok(skipRate(true) - skipRate(false) > 0.08, `${skipRate(true)} and ${skipRate(false)}`);
});

test("one fortnight is silent, and no other week", () => {
  const days = [...new Set(demo.plays.map(({ date }) => Date.parse(date) / dayMs))].toSorted((a, b) => a - b);
  const silences = days.map((day, index) => (days[index + 1] ?? day + 1) - day - 1);
  const [longest = 0, second = 0] = silences.toSorted((left, right) => right - left);
  assert.ok(longest >= 14 && longest < 18, `${longest} days`);
  assert.ok(second < 7, `${second} days`);
});

test("the listener goes abroad, flies, and changes telephone and computer", () => {
  assert.deepEqual(new Set(demo.plays.map(({ row }) => row.conn_country)), new Set(["DE", "DK", "ES", "ZZ"]));
  const spain = demo.plays.filter(({ row }) => row.conn_country === "ES").map(({ startedAt }) => startedAt);
  const length = (Math.max(...spain) - Math.min(...spain)) / dayMs;
  assert.ok(length > 7 && length < 14, `${length} days in Spain`);
  const startsOn = (platform: string): readonly number[] =>
    demo.plays.filter(({ row }) => row.platform === platform).map(({ startedAt }) => startedAt);
  assert.ok(Math.max(...startsOn("android")) < Math.min(...startsOn("ios")));
  assert.ok(Math.max(...startsOn("windows")) < Math.min(...startsOn("osx")));
});

test("a tenth of the songs makes up a third of the plays, and some months belong to one song", () => {
  const counts = [...counted(demo.songs.map(songOf)).values()];
  const tenth = counts.slice(0, Math.floor(counts.length / 10)).reduce((sum, count) => sum + count, 0);
  assert.ok(tenth > demo.songs.length / 3, `${tenth} of ${demo.songs.length}`);
  const shares = [...groupBy(demo.songs, ({ date }) => date.slice(0, 7)).values()].map(
    (month) => Math.max(...counted(month.map(songOf)).values()) / month.length,
  );
  assert.ok(Math.max(...shares) > 0.05, `${Math.max(...shares)}`);
});

test("new artists are discovered in both years", () => {
  const byArtist = groupBy(demo.songs, ({ row }) => row.master_metadata_album_artist_name);
  const firsts = [...byArtist.values()].map((plays) => Math.min(...plays.map(({ startedAt }) => startedAt)));
  const discoveries = firsts.filter((first) => first > Date.UTC(2023, 3, 1));
  const late = discoveries.filter((first) => first > Date.UTC(2024, 0, 1));
  assert.ok(discoveries.length >= 15 && late.length >= 5, `${discoveries.length}, ${late.length} in 2024`);
});

test("tastes drift: of the ten favourite artists of the first half year, some stay and some go", () => {
  const first = topArtists(demo.songs.filter(({ date }) => date < "2023-07"));
  const last = topArtists(demo.songs.filter(({ date }) => date >= "2024-07"));
  const stayed = last.filter((name) => first.includes(name)).length;
  assert.ok(stayed >= 1 && stayed <= 7, `${stayed} stayed`);
});

test("songs follow one another in sessions, and a few are reported late", () => {
  const online = demo.plays.filter(({ row, file }) => !row.offline && file.includes("Audio"));
  const gaps = online.slice(1).map(({ startedAt }, index) => startedAt - Date.parse(online[index]?.row.ts ?? ""));
  const following = gaps.filter((gap) => Math.abs(gap) <= 2500).length / gaps.length;
  assert.ok(following > 0.75, `${following}`);
  const sessions = gaps.filter((gap) => gap > 30 * 60_000).length;
  assert.ok(sessions > 900 && sessions < 1800, `${sessions} sessions`);
  assert.ok(gaps.filter((gap) => gap < -5000).length > 50);
});
