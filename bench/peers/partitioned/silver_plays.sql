/*---
materialized: partitioned
partition_by: played_month
columns:
  - name: play_id
    data_tests:
      - not_null
      - unique
  - name: played_at
    data_tests:
      - not_null
  - name: track_id
    data_tests:
      - not_null
  - name: reason_start
    data_tests:
      - accepted_values: { values: [trackdone, clickrow, fwdbtn, playbtn, appload, backbtn, popup, remote, unknown, trackerror, clickside] }
---*/
with tracks_only as (
    select
        md5(concat_ws('|', strftime(played_at, '%Y-%m-%dT%H:%M:%S'), spotify_track_uri, username)) as play_id,
        played_at,
        played_month,
        split_part(spotify_track_uri, ':', 3) as track_id,
        track_name,
        artist_name,
        album_name,
        ms_played,
        conn_country,
        coalesce(nullif(reason_start, ''), 'unknown') as reason_start,
        coalesce(nullif(reason_end, ''), 'unknown') as reason_end,
        coalesce(shuffle, false) as is_shuffle,
        coalesce(skipped, false) as is_skipped
    from {{ref 'bronze_plays'}}
    where spotify_track_uri is not null
    {{#if (is_incremental)}}and played_month in ({{changed_partitions}}){{/if}}
)
select *
from tracks_only
qualify row_number() over (partition by play_id order by ms_played desc, reason_start, reason_end) = 1
