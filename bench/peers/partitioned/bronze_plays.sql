/*---
materialized: partitioned
partition_by: batch_id
columns:
  - name: played_at
    data_tests:
      - not_null
  - name: ms_played
    data_tests:
      - not_null
---*/
select
    batch_id,
    cast(ts as timestamp) as played_at,
    cast(date_trunc('month', cast(ts as timestamp)) as date) as played_month,
    username,
    platform,
    cast(ms_played as bigint) as ms_played,
    conn_country,
    master_metadata_track_name as track_name,
    master_metadata_album_artist_name as artist_name,
    master_metadata_album_album_name as album_name,
    spotify_track_uri,
    episode_name,
    reason_start,
    reason_end,
    shuffle,
    skipped,
    offline,
    incognito_mode
from {{source 'raw.plays'}}
{{#if (is_incremental)}}where batch_id in ({{changed_partitions}}){{/if}}
