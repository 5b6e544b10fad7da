/*---
materialized: partitioned
partition_by: played_month
columns:
  - name: play_id
    data_tests:
      - unique
      - not_null
      - relationships: { to: silver_plays, field: play_id }
  - name: played_at
    data_tests:
      - not_null
  - name: mood
    data_tests:
      - accepted_values: { values: [happy_energetic, happy_calm, sad_energetic, sad_calm, neutral, unknown] }
  - name: day_part
    data_tests:
      - accepted_values: { values: [morning, afternoon, evening, night] }
---*/
select
    p.play_id,
    p.played_at,
    p.track_id,
    p.track_name,
    p.artist_name,
    p.album_name,
    p.ms_played,
    p.conn_country,
    p.reason_start,
    p.reason_end,
    p.is_shuffle,
    p.is_skipped,
    p.played_month,
    extract(hour from p.played_at) as played_hour,
    extract(isodow from p.played_at) as played_dow,
    case
        when extract(hour from p.played_at) between 5 and 11 then 'morning'
        when extract(hour from p.played_at) between 12 and 16 then 'afternoon'
        when extract(hour from p.played_at) between 17 and 21 then 'evening'
        else 'night'
    end as day_part,
    extract(isodow from p.played_at) >= 6 as is_weekend,
    f.track_id is not null as has_features,
    t.popularity,
    t.main_genre,
    f.danceability,
    f.energy,
    f.loudness,
    f.speechiness,
    f.acousticness,
    f.instrumentalness,
    f.liveness,
    f.valence,
    f.tempo,
    coalesce(f.mood, 'unknown') as mood
from {{ref 'silver_plays'}} as p
left join {{ref 'silver_features'}} as f on f.track_id = p.track_id
left join {{ref 'silver_tracks'}} as t on t.track_id = p.track_id
{{#if (is_incremental)}}where p.played_month in ({{changed_partitions}}){{/if}}
