/*---
description: >-
  One row a local day from the first covered day to the last, with what was streamed on it. A
  covered day without a stream has 0, a day that no source covers has null.
columns:
  - name: date
    description: Local day.
    data_tests: [unique, not_null]
  - name: listening_year
    description: Calendar year of the day.
    data_tests: [not_null]
  - name: iso_year
    description: Year of the ISO week, which differs from the calendar's around New Year.
    data_tests: [not_null]
  - name: iso_week
    description: ISO week, Monday to Sunday, 1 to 53.
    data_tests:
      - not_null
      - range: { min: 1, max: 53 }
  - name: day_of_week
    description: 1 = Sunday to 7 = Saturday.
    data_tests:
      - not_null
      - range: { min: 1, max: 7 }
  - name: day_name
    description: The day's English name.
    data_tests: [not_null]
  - name: is_weekend
    description: Whether the day is Saturday or Sunday.
    data_tests: [not_null]
  - name: is_complete
    description: Whether a source tells of the whole day; null where none covers it.
  - name: stream_count
    description: Streams; null where no source covers the day, as all below.
    data_tests:
      - range: { min: 0 }
  - name: minutes_played
    description: Minutes of the streams.
    data_tests:
      - range: { min: 0, max: 1440, severity: warn }
  - name: plays_without_ms
    description: Streams whose source has no length, missing in minutes_played.
  - name: distinct_artists
    description: Different artists streamed.
  - name: distinct_songs
    description: Different songs streamed.
data_tests:
  - expression: { expression: distinct_artists <= stream_count }
  - expression: { expression: distinct_songs <= stream_count }
  - expression: { expression: (stream_count is null) = (is_complete is null) }
---*/

with

recorded_listening as (

    select * from {{ref 'recorded_listening'}}

),

record_ends as (

    select min(covered_date) as first_date, max(covered_date) as last_date from recorded_listening

),

calendar as (

    select cast(days.listed_day as date) as date from record_ends

    cross join unnest({{> day_series first='record_ends.first_date' last='record_ends.last_date'}})
        as days (listed_day)

),

days_named as (

    select
        calendar.date,
        year(calendar.date) as listening_year,
        {{> iso_year day='calendar.date'}} as iso_year,
        week(calendar.date) as iso_week,
        {{> day_of_week day='calendar.date'}} as day_of_week,
        {{> day_name day='calendar.date'}} as day_name,
        {{> day_of_week day='calendar.date'}} in (1, 7) as is_weekend,
        recorded_listening.is_complete,
        recorded_listening.stream_count,
        round(recorded_listening.ms_played / 60000e0, 2) as minutes_played,
        recorded_listening.plays_without_ms,
        recorded_listening.distinct_artists,
        recorded_listening.distinct_songs

    from calendar

    left join recorded_listening
        on calendar.date = recorded_listening.covered_date

    order by calendar.date

)

select * from days_named
