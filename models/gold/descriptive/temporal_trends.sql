/*---
description: >-
  One row a local day from the first covered day to the last. A covered day without a stream has 0,
  a day that no source covers has null. The averages are null without a catalogue, and on the many
  days with fewer than 30 streams that have features; the 28-day means are for looking at.
columns:
  - name: date
    description: Local day.
    data_tests: [unique, not_null]
  - name: total_plays
    description: Streams; null where no source covers the day.
  - name: avg_valence
    description: Mean valence of the day's streams with features; null below 30 of them.
  - name: avg_energy
    description: Mean energy, likewise.
  - name: avg_tempo
    description: Mean beats a minute, likewise.
  - name: weekend_plays
    description: The streams if the day is a Saturday or Sunday, otherwise 0.
  - name: minutes_played
    description: Minutes of the streams.
  - name: plays_without_ms
    description: Streams whose source has no length, missing in minutes_played.
  - name: distinct_tracks
    description: Different track ids streamed.
  - name: new_tracks
    description: >-
      Track ids streamed for the first time; null in the first 90 days of the record and after 30
      days or more that no source covers, when much only seems new.
  - name: plays_with_features
    description: Streams with features.
  - name: plays_28_day_mean
    description: Mean of total_plays over this day and the 27 before; null unless all are covered.
  - name: minutes_28_day_mean
    description: Mean of minutes_played over the same days.
  - name: valence_28_day_mean
    description: Mean valence of the streams of the same days; null below 30 with features.
  - name: energy_28_day_mean
    description: Mean energy, likewise.
  - name: is_complete
    description: Whether a source tells of the whole day; null where none covers it.
data_tests:
  - expression: { expression: distinct_tracks <= total_plays and new_tracks <= distinct_tracks }
---*/

with

daily_streams as (

    select * from {{ref 'daily_streams'}}

),

covered_days as (

    select
        covered_date,
        bool_or(is_complete) as is_complete,
        coalesce(
            covered_date > lag(covered_date) over (order by covered_date) + interval '30' day,
            true
        ) as begins_record

    from {{ref 'covered_days'}}

    group by covered_date

),

records_begun as (

    select
        *,
        max(if(begins_record, covered_date, null)) over (order by covered_date) as record_began_on

    from covered_days

),

record_ends as (

    select min(covered_date) as first_date, max(covered_date) as last_date from covered_days

),

calendar as (

    select cast(days.listed_day as date) as date from record_ends

    cross join unnest({{> day_series first='record_ends.first_date' last='record_ends.last_date'}})
        as days (listed_day)

),

days_filled as (

    select
        calendar.date,
        {{#each (list
            'total_plays' 'weekend_plays' 'minutes_played' 'plays_without_ms' 'distinct_tracks'
            'new_tracks' 'plays_with_features' 'valence_sum' 'valence_plays' 'energy_sum'
            'energy_plays'
        ) as |column|}}
        if(records_begun.covered_date is null, null, coalesce(daily_streams.{{column}}, 0))
            as {{column}},
        {{/each}}
        daily_streams.avg_valence,
        daily_streams.avg_energy,
        daily_streams.avg_tempo,
        records_begun.is_complete,
        records_begun.record_began_on

    from calendar

    left join records_begun
        on calendar.date = records_begun.covered_date

    left join daily_streams
        on records_begun.covered_date = daily_streams.listening_date

),

trends_smoothed as (

    select
        date,
        total_plays,
        avg_valence,
        avg_energy,
        avg_tempo,
        weekend_plays,
        minutes_played,
        plays_without_ms,
        distinct_tracks,
        if(date < record_began_on + interval '90' day, null, new_tracks) as new_tracks,
        plays_with_features,
        {{> mean_of_28_days column='total_plays'}} as plays_28_day_mean,
        {{> mean_of_28_days column='minutes_played'}} as minutes_28_day_mean,
        {{> feature_of_28_days feature='valence'}} as valence_28_day_mean,
        {{> feature_of_28_days feature='energy'}} as energy_28_day_mean,
        is_complete

    from days_filled

    window days_28 as (order by date rows between 27 preceding and current row)

    order by date

)

select * from trends_smoothed
