import { playArrayReader } from "./play-array.ts";
import { wholeNumber } from "./sql-text.ts";

/** Reads extended streaming history: every year's columns, audio and video, and `endsong` and `endvideo` before mid-2023. */
export const extendedHistory = playArrayReader({
  kind: "extended",
  name: /^(Streaming_History_(Audio|Video)|endsong|endvideo)/i,
  marks: ["ts", "ms_played"],
  fields: [
    "ts",
    "ms_played",
    "platform",
    "conn_country",
    "master_metadata_track_name",
    "master_metadata_album_artist_name",
    "master_metadata_album_album_name",
    "spotify_track_uri",
    "episode_name",
    "episode_show_name",
    "spotify_episode_uri",
    "audiobook_title",
    "audiobook_uri",
    "audiobook_chapter_uri",
    "audiobook_chapter_title",
    "reason_start",
    "reason_end",
    "shuffle",
    "skipped",
    "offline",
    "offline_timestamp",
    "incognito_mode",
  ],
  userName: "username",
  endForm: String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?`,
  columns: {
    ended_at: "try_cast(raw_ts as timestamp)",
    ms_played: wholeNumber("raw_ms_played", "BIGINT"),
    media_type: `case
        when raw_spotify_track_uri != '' or raw_master_metadata_track_name != '' then 'track'
        when raw_audiobook_uri != '' or raw_audiobook_chapter_uri != '' or raw_audiobook_title != '' then 'audiobook'
        when raw_spotify_episode_uri != '' or raw_episode_name != '' then 'episode'
        else 'unknown'
    end`,
    track_id: idIn("raw_spotify_track_uri", "track"),
    track_name: "raw_master_metadata_track_name",
    artist_name: "raw_master_metadata_album_artist_name",
    album_name: "raw_master_metadata_album_album_name",
    episode_id: idIn("raw_spotify_episode_uri", "[a-z]+"),
    episode_name: "raw_episode_name",
    show_name: "raw_episode_show_name",
    audiobook_id: idIn("raw_audiobook_uri", "[a-z]+"),
    audiobook_title: "raw_audiobook_title",
    chapter_id: idIn("raw_audiobook_chapter_uri", "[a-z]+"),
    chapter_title: "raw_audiobook_chapter_title",
    platform: "raw_platform",
    country: "raw_conn_country",
    reason_start: "raw_reason_start",
    reason_end: "raw_reason_end",
    shuffle: "try_cast(raw_shuffle as boolean)",
    skipped: "try_cast(raw_skipped as boolean)",
    offline: "try_cast(raw_offline as boolean)",
    // Milliseconds until 2022, seconds since, and 0 for none.
    offline_at: `case
        when try_cast(raw_offline_timestamp as bigint) > 100000000000
            then try(make_timestamp_ms(try_cast(raw_offline_timestamp as bigint)))
        when try_cast(raw_offline_timestamp as bigint) != 0
            then try(make_timestamp_ms(try_cast(raw_offline_timestamp as bigint) * 1000))
    end`,
    incognito: "try_cast(raw_incognito_mode as boolean)",
  },
});

function idIn(uri: string, kind: string): string {
  return `nullif(regexp_extract(${uri}, '^spotify:${kind}:([0-9A-Za-z]+)$', 1), '')`;
}
