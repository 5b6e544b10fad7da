/*---
description: >-
  One row an artist with enough streams (seed listening_thresholds), with how faithfully it was
  heard over the years. An absence is counted in days that a source covers; nobody knows what was
  heard on others.
columns:
  - name: artist_key
    description: Artist without case, accents and punctuation.
    data_tests: [unique, not_null]
  - name: artist_name
    description: Artist in the most frequent spelling, of equally frequent ones the first.
    data_tests: [not_null]
  - name: stream_count
    description: Streams.
    data_tests:
      - range: { min: 1 }
  - name: minutes_played
    description: Minutes of the streams.
    data_tests: [not_null]
  - name: plays_without_ms
    description: Streams whose source has no length, missing in minutes_played.
    data_tests: [not_null]
  - name: first_date
    description: Local day of the first stream.
    data_tests: [not_null]
  - name: is_first_known
    description: >-
      Whether it was new then; false in the first 90 days of a record, before which it may have
      been heard too.
    data_tests: [not_null]
  - name: last_date
    description: Local day of the latest stream.
    data_tests: [not_null]
  - name: active_days
    description: Local days with a stream.
    data_tests: [not_null]
  - name: active_months
    description: Local months with a stream.
    data_tests: [not_null]
  - name: active_years
    description: Local years with a stream.
    data_tests: [not_null]
  - name: longest_absence_days
    description: >-
      Most covered days without a stream between two days with one; null if heard on one day only.
    data_tests:
      - range: { min: 0 }
  - name: longest_absence_after
    description: >-
      The day with a stream before that absence, of equally long ones the latest; null without one.
  - name: days_since_last
    description: Covered days after the latest stream, up to the end of the record.
    data_tests:
      - range: { min: 0 }
  - name: best_year
    description: >-
      Local year with most streams; of equal ones that with more minutes, then the later one.
    data_tests: [not_null]
  - name: best_year_streams
    description: Streams in that year.
    data_tests: [not_null]
  - name: best_year_percentage
    description: Share of the artist's streams that lies in that year in percent.
    data_tests:
      - range: { min: 0, max: 100 }
data_tests:
  - expression: { expression: first_date <= last_date and active_years <= active_months }
  - expression: { expression: active_months <= active_days and active_days <= stream_count }
---*/

with

artist_days as (

    select * from {{ref 'artist_days'}}

),

listening_thresholds as (

    select * from {{ref 'listening_thresholds'}}

),

top_artists as (

    select * from {{ref 'top_artists'}}

    where artist_key is not null
    and stream_count >= (
        select value from listening_thresholds where threshold = 'loyalty_min_streams'
    )

),

days_counted as (

    select
        artist_key,
        min(listening_date) as first_date,
        min_by(is_new_known, listening_date) as is_first_known,
        max(listening_date) as last_date,
        count(*) as active_days,
        count(distinct date_trunc('month', listening_date)) as active_months,
        count(distinct year(listening_date)) as active_years,
        max(absence_days) as longest_absence_days,
        max_by(heard_before, row(absence_days, listening_date))
            filter (where absence_days > 0) as longest_absence_after,
        max(last_day_number) - max(day_number) as days_since_last

    from artist_days

    group by artist_key

),

years_counted as (

    select
        artist_key,
        year(listening_date) as best_year,
        cast(sum(stream_count) as bigint) as best_year_streams,
        sum(ms_played) as ms_played

    from artist_days

    group by artist_key, year(listening_date)

),

years_ranked as (

    select
        *,
        row_number() over (
            partition by artist_key
            order by best_year_streams desc, ms_played desc nulls last, best_year desc
        ) as year_rank

    from years_counted

),

loyalty_described as (

    select
        top_artists.artist_key,
        top_artists.artist_name,
        top_artists.stream_count,
        top_artists.minutes_played,
        top_artists.plays_without_ms,
        {{#each (list
            'first_date' 'is_first_known' 'last_date' 'active_days' 'active_months' 'active_years'
            'longest_absence_days' 'longest_absence_after' 'days_since_last'
        ) as |column|}}
        days_counted.{{column}},
        {{/each}}
        years_ranked.best_year,
        years_ranked.best_year_streams,
        round(100e0 * years_ranked.best_year_streams / top_artists.stream_count, 2)
            as best_year_percentage

    from top_artists

    inner join days_counted
        on top_artists.artist_key = days_counted.artist_key

    inner join years_ranked
        on top_artists.artist_key = years_ranked.artist_key
        and years_ranked.year_rank = 1

    order by top_artists.rank_by_minutes

)

select * from loyalty_described
