/*---
description: One row a local year of which a source covers a day, with the sums of its days.
materialized: ephemeral
columns:
  - name: listening_year
    description: Local year.
  - name: active_days
    description: Days with a stream.
  - name: stream_count
    description: Streams.
  - name: minutes_played
    description: Minutes of the streams.
  - name: plays_without_ms
    description: Streams whose source has no length.
  - name: minutes_per_covered_day
    description: Minutes of the streams by covered day.
  - name: busiest_date
    description: Day with most minutes, of equal ones that with more streams, then the later one.
  - name: busiest_date_minutes
    description: Minutes of the streams of that day.
---*/

with

recorded_listening as (

    select * from {{ref 'recorded_listening'}}

),

days_summed as (

    select
        year(covered_date) as listening_year,
        count(*) filter (where stream_count > 0) as active_days,
        cast(sum(stream_count) as bigint) as stream_count,
        round(sum(ms_played) / 60000e0, 2) as minutes_played,
        cast(sum(plays_without_ms) as bigint) as plays_without_ms,
        round(sum(ms_played) / 60000e0 / count(*), 2) as minutes_per_covered_day,
        max_by(covered_date, row(ms_played, stream_count, covered_date))
            filter (where stream_count > 0) as busiest_date,
        round(max(ms_played) filter (where stream_count > 0) / 60000e0, 2) as busiest_date_minutes

    from recorded_listening

    group by year(covered_date)

)

select * from days_summed
