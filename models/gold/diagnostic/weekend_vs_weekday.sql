/*---
description: >-
  Two rows, weekend (Saturday and Sunday) and weekday, with how much was played and how the music
  sounded. weekend_effects tells which of their differences are more than noise. The averages are
  null below 30 streams with features, so always without a catalogue.
columns:
  - name: period
    description: Weekend or Weekday.
    data_tests:
      - unique
      - not_null
      - accepted_values: { values: [Weekend, Weekday] }
  - name: total_plays
    description: Streams.
    data_tests: [not_null]
  - name: avg_valence
    description: Mean valence of the streams with features; null below 30 of them, as all averages.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: avg_energy
    description: Mean energy.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: avg_danceability
    description: Mean danceability.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: avg_tempo
    description: Mean beats a minute.
  - name: avg_acousticness
    description: Mean acousticness.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: valence_variance
    description: Standard deviation of the valence, whatever the name says; kept for dashboards.
  - name: energy_variance
    description: Standard deviation of the energy, whatever the name says; kept for dashboards.
  - name: valence_stddev
    description: Standard deviation of the valence of the streams; null below 30 with features.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: energy_stddev
    description: Standard deviation of the energy, likewise.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: plays_with_features
    description: Streams with features, over which averages and deviations are.
    data_tests: [not_null]
  - name: days
    description: Local days of this kind that a source covers, those without a stream among them.
    data_tests: [not_null]
  - name: plays_per_day
    description: Streams a covered day; null where no such day is covered.
  - name: minutes
    description: Minutes of the streams.
    data_tests: [not_null]
  - name: plays_without_ms
    description: Streams whose source has no length, missing in minutes.
    data_tests: [not_null]
data_tests:
  - row_count: { min: 2, max: 2 }
  - expression: { expression: plays_with_features <= total_plays }
---*/

with

streams as (

    select * from {{ref 'streams'}}

),

covered_dates as (

    select distinct
        covered_date,
        {{> day_of_week day='covered_date'}} in (1, 7) as is_weekend

    from {{ref 'covered_days'}}

),

covered_days as (

    select is_weekend, count(*) as days from covered_dates
    group by is_weekend

),

periods as (

    select * from (values ('Weekend', true), ('Weekday', false)) as periods (period, is_weekend)

),

streams_averaged as (

    select
        is_weekend,
        count(*) as total_plays,
        {{> average feature='valence' digits='3'}} as avg_valence,
        {{> average feature='energy' digits='3'}} as avg_energy,
        {{> average feature='danceability' digits='3'}} as avg_danceability,
        {{> average feature='tempo' digits='1'}} as avg_tempo,
        {{> average feature='acousticness' digits='3'}} as avg_acousticness,
        {{> deviation feature='valence' digits='3'}} as valence_stddev,
        {{> deviation feature='energy' digits='3'}} as energy_stddev,
        count(*) filter (where has_features) as plays_with_features,
        {{> minutes_played}} as minutes,
        count(*) filter (where ms_played is null) as plays_without_ms

    from streams

    group by is_weekend

),

periods_averaged as (

    select
        periods.period,
        coalesce(streams_averaged.total_plays, 0) as total_plays,
        streams_averaged.avg_valence,
        streams_averaged.avg_energy,
        streams_averaged.avg_danceability,
        streams_averaged.avg_tempo,
        streams_averaged.avg_acousticness,
        streams_averaged.valence_stddev as valence_variance,
        streams_averaged.energy_stddev as energy_variance,
        streams_averaged.valence_stddev,
        streams_averaged.energy_stddev,
        coalesce(streams_averaged.plays_with_features, 0) as plays_with_features,
        coalesce(covered_days.days, 0) as days,
        round(1e0 * coalesce(streams_averaged.total_plays, 0) / covered_days.days, 3)
            as plays_per_day,
        coalesce(streams_averaged.minutes, 0) as minutes,
        coalesce(streams_averaged.plays_without_ms, 0) as plays_without_ms

    from periods

    left join streams_averaged
        on periods.is_weekend = streams_averaged.is_weekend

    left join covered_days
        on periods.is_weekend = covered_days.is_weekend

    order by periods.is_weekend desc

)

select * from periods_averaged
