/*---
description: One row an artist and local day with a stream of it.
materialized: ephemeral
columns:
  - name: artist_key
    description: Artist without case, accents and punctuation.
  - name: listening_date
    description: Local day.
  - name: stream_count
    description: Streams of the artist.
  - name: ms_played
    description: Milliseconds of the streams; null where none has a length.
  - name: is_new_known
    description: Whether what is heard for the first time on that day counts as new.
  - name: day_number
    description: Number of the day among the covered ones, from 1.
  - name: last_day_number
    description: Number of the last covered day.
  - name: absence_days
    description: Covered days since the day with a stream before; null on the first one.
  - name: heard_before
    description: The day with a stream before.
---*/

with

artist_streams as (

    select * from {{ref 'artist_streams'}}

    where artist_key is not null

),

recorded_days as (

    select
        *,
        row_number() over (order by covered_date) as day_number,
        count(*) over () as last_day_number

    from {{ref 'recorded_days'}}

),

days_counted as (

    select
        artist_key,
        listening_date,
        count(*) as stream_count,
        sum(ms_played) as ms_played

    from artist_streams

    group by artist_key, listening_date

),

days_numbered as (

    select
        days_counted.*,
        recorded_days.is_new_known,
        recorded_days.day_number,
        recorded_days.last_day_number,
        recorded_days.day_number - lag(recorded_days.day_number) over by_day - 1 as absence_days,
        lag(days_counted.listening_date) over by_day as heard_before

    from days_counted

    inner join recorded_days
        on days_counted.listening_date = recorded_days.covered_date

    window by_day as (
        partition by days_counted.artist_key order by days_counted.listening_date
    )

)

select * from days_numbered
