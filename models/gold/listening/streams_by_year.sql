/*---
description: One row a stream, with its local year.
materialized: ephemeral
columns:
  - name: play_id
    description: The play.
  - name: song_id
    description: The song, its versions together; null where no source names one.
  - name: track_id
    description: Spotify's id of the track.
  - name: artist_name
    description: Artist as the track has it.
  - name: started_at
    description: Start of the stream, UTC.
  - name: listening_date
    description: Local day of the start.
  - name: listening_year
    description: Local year of the start.
  - name: is_partial
    description: Whether no source covers some days of that year.
  - name: ms_played
    description: Milliseconds played; null where the source has none.
---*/

with

streams as (

    select * from {{ref 'streams'}}

),

recorded_years as (

    select * from {{ref 'recorded_years'}}

),

years_read as (

    select
        streams.play_id,
        streams.song_id,
        streams.track_id,
        streams.artist_name,
        streams.started_at,
        streams.listening_date,
        year(streams.listening_date) as listening_year,
        coalesce(recorded_years.is_partial, true) as is_partial,
        streams.ms_played

    from streams

    left join recorded_years
        on year(streams.listening_date) = recorded_years.listening_year

)

select * from years_read
