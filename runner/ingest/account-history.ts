import { playArrayReader } from "./play-array.ts";
import { wholeNumber } from "./sql-text.ts";

const isUnnamed = "raw_trackName = 'Unknown Track' and raw_artistName = 'Unknown Artist'";

/**
 * Reads the streaming history of account data, the last 12 months: ends to the minute, names, no ids. Before 2019 one
 * `StreamingHistory.json`, until 2023 numbered ones, since then music, podcasts and audiobooks apart.
 */
export const accountHistory = playArrayReader({
  kind: "account",
  name: /^StreamingHistory/i,
  marks: ["endTime", "msPlayed"],
  fields: [
    "endTime",
    "msPlayed",
    "artistName",
    "trackName",
    "podcastName",
    "episodeName",
    "audiobookName",
    "chapterName",
    "authorName",
  ],
  endForm: String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?`,
  columns: {
    ended_at:
      "date_trunc('minute', try_cast(if(length(raw_endTime) = 16, raw_endTime || ':00', raw_endTime) as timestamp))",
    ms_played: wholeNumber("raw_msPlayed", "BIGINT"),
    media_type: `case
        when ${isUnnamed} then 'unknown'
        when raw_trackName != '' or raw_artistName != '' then 'track'
        when raw_audiobookName != '' or raw_chapterName != '' then 'audiobook'
        when raw_podcastName != '' or raw_episodeName != '' then 'episode'
        else 'unknown'
    end`,
    track_name: `if(${isUnnamed}, null, raw_trackName)`,
    artist_name: `if(${isUnnamed}, null, raw_artistName)`,
    episode_name: "raw_episodeName",
    show_name: "raw_podcastName",
    audiobook_title: "raw_audiobookName",
    chapter_title: "raw_chapterName",
    author_name: "raw_authorName",
  },
});
