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
    description: Track ids streamed for the first time; null in the first 90 days, when much is new.
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

streams as (

    select
        *,
        coalesce(track_id, song_id) as track_key,
        min(listening_date) over (partition by coalesce(track_id, song_id)) as first_date

    from {{ref 'streams'}}

),

covered_days as (

    select covered_date, bool_or(is_complete) as is_complete from {{ref 'covered_days'}}

    group by covered_date

),

calendar as (

    select
        unnest(generate_series(min(covered_date), max(covered_date), interval 1 day))::date as date,
        min(covered_date) as first_covered_date

    from covered_days

),

days_counted as (

    select
        listening_date,
        count(*) as total_plays,
        {{> average feature='valence' digits='3'}} as avg_valence,
        {{> average feature='energy' digits='3'}} as avg_energy,
        {{> average feature='tempo' digits='1'}} as avg_tempo,
        count(*) filter (is_weekend) as weekend_plays,
        {{> minutes_played}} as minutes_played,
        count(*) filter (ms_played is null) as plays_without_ms,
        count(distinct track_key) as distinct_tracks,
        count(distinct track_key) filter (first_date = listening_date) as new_tracks,
        count(*) filter (has_features) as plays_with_features,
        sum(valence) as valence_sum,
        sum(energy) as energy_sum

    from streams

    group by listening_date

),

days_filled as (

    select
        calendar.date,
        {{#each (list
            'total_plays' 'weekend_plays' 'minutes_played' 'plays_without_ms' 'distinct_tracks'
            'new_tracks' 'plays_with_features' 'valence_sum' 'energy_sum'
        ) as |column|}}
        if(covered_days.covered_date is null, null, coalesce(days_counted.{{column}}, 0)) as {{column}},
        {{/each}}
        days_counted.avg_valence,
        days_counted.avg_energy,
        days_counted.avg_tempo,
        covered_days.is_complete,
        calendar.first_covered_date

    from calendar

    left join covered_days
        on calendar.date = covered_days.covered_date

    left join days_counted
        on covered_days.covered_date = days_counted.listening_date

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
        if(date < first_covered_date + 90, null, new_tracks) as new_tracks,
        plays_with_features,
        {{> mean_of_28_days column='total_plays'}} as plays_28_day_mean,
        {{> mean_of_28_days column='minutes_played'}} as minutes_28_day_mean,
        {{> feature_of_28_days feature='valence'}} as valence_28_day_mean,
        {{> feature_of_28_days feature='energy'}} as energy_28_day_mean,
        is_complete

    from days_filled

    window days_28 as (order by date rows between 27 preceding and current row)

)

select * from trends_smoothed
