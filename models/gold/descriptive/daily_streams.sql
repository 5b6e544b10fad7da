/*---
description: One row a local day with streams, with its counts and averages.
materialized: ephemeral
columns:
  - name: listening_date
    description: Local day of the start.
  - name: total_plays
    description: Streams.
  - name: avg_valence
    description: Mean valence of the streams with features; null below 30 of them, as all averages.
  - name: avg_energy
    description: Mean energy.
  - name: avg_tempo
    description: Mean beats a minute.
  - name: weekend_plays
    description: The streams if the day is a Saturday or Sunday, otherwise 0.
  - name: minutes_played
    description: Minutes of the streams.
  - name: plays_without_ms
    description: Streams whose source has no length.
  - name: distinct_tracks
    description: Different track ids streamed, or songs where no source has an id.
  - name: new_tracks
    description: Track ids never streamed on an earlier day.
  - name: plays_with_features
    description: Streams with features.
  - name: valence_sum
    description: Sum of the valence of the streams.
  - name: valence_plays
    description: Streams with a valence.
  - name: energy_sum
    description: Sum of the energy of the streams.
  - name: energy_plays
    description: Streams with an energy.
---*/

with

streams as (

    select * from {{ref 'streams'}}

),

songs as (

    select song_id, track_id from {{ref 'songs'}}

),

tracks_keyed as (

    -- Account data has no ids; its plays count for the song's most played one.
    select streams.*, coalesce(streams.track_id, songs.track_id, streams.song_id) as track_key

    from streams

    left join songs
        on streams.song_id = songs.song_id

),

first_days_found as (

    select *, min(listening_date) over (partition by track_key) as first_date from tracks_keyed

),

days_counted as (

    select
        listening_date,
        count(*) as total_plays,
        {{> average feature='valence' digits='3'}} as avg_valence,
        {{> average feature='energy' digits='3'}} as avg_energy,
        {{> average feature='tempo' digits='1'}} as avg_tempo,
        count(*) filter (where is_weekend) as weekend_plays,
        {{> minutes_played}} as minutes_played,
        count(*) filter (where ms_played is null) as plays_without_ms,
        count(distinct track_key) as distinct_tracks,
        count(distinct track_key) filter (where first_date = listening_date) as new_tracks,
        count(*) filter (where has_features) as plays_with_features,
        sum(cast(valence as decimal(18, 9))) as valence_sum,
        count(valence) as valence_plays,
        sum(cast(energy as decimal(18, 9))) as energy_sum,
        count(energy) as energy_plays

    from first_days_found

    group by listening_date

)

select * from days_counted
