/*---
description: >-
  Four rows, the parts of a day, with how much was played and how the music sounded. The averages
  are null below 30 streams with features, so always without a catalogue.
columns:
  - name: part_of_day
    description: morning 6 to 11, afternoon 12 to 17, evening 18 to 22, night otherwise.
    data_tests:
      - unique
      - not_null
      - accepted_values: { values: [morning, afternoon, evening, night] }
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
  - name: avg_acousticness
    description: Mean acousticness.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: avg_instrumentalness
    description: Mean instrumentalness.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: avg_tempo
    description: Mean beats a minute.
  - name: valence_consistency
    description: Standard deviation of the valence; the lower, the more alike the music sounds.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: energy_consistency
    description: Standard deviation of the energy; the lower, the more alike the music sounds.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: hours
    description: Hours of this part of the day times the days that a source covers.
    data_tests: [not_null]
  - name: plays_per_hour
    description: Streams an hour of those, since the parts differ in length; null without any.
  - name: plays_with_features
    description: Streams with features, over which averages and deviations are.
    data_tests: [not_null]
data_tests:
  - row_count: { min: 4, max: 4 }
  - expression: { expression: plays_with_features <= total_plays }
---*/

with

streams as (

    select * from {{ref 'streams'}}

),

covered_days as (

    select count(distinct covered_date) as days from {{ref 'covered_days'}}

),

parts as (

    select * from (
        values ('morning', 6, 0), ('afternoon', 6, 1), ('evening', 5, 2), ('night', 7, 3)
    ) as parts (part_of_day, hours_a_day, place)

),

streams_averaged as (

    select
        part_of_day,
        count(*) as total_plays,
        {{#each (list
            'valence' 'energy' 'danceability' 'acousticness' 'instrumentalness'
        ) as |feature|}}
        {{> average feature=feature digits='3'}} as avg_{{feature}},
        {{/each}}
        {{> average feature='tempo' digits='1'}} as avg_tempo,
        {{> deviation feature='valence' digits='3'}} as valence_consistency,
        {{> deviation feature='energy' digits='3'}} as energy_consistency,
        count(*) filter (where has_features) as plays_with_features

    from streams

    group by part_of_day

),

parts_averaged as (

    select
        parts.part_of_day,
        coalesce(streams_averaged.total_plays, 0) as total_plays,
        streams_averaged.avg_valence,
        streams_averaged.avg_energy,
        streams_averaged.avg_danceability,
        streams_averaged.avg_acousticness,
        streams_averaged.avg_instrumentalness,
        streams_averaged.avg_tempo,
        streams_averaged.valence_consistency,
        streams_averaged.energy_consistency,
        parts.hours_a_day * covered_days.days as hours,
        round(
            1e0 * coalesce(streams_averaged.total_plays, 0)
                / nullif(parts.hours_a_day * covered_days.days, 0),
            3
        ) as plays_per_hour,
        coalesce(streams_averaged.plays_with_features, 0) as plays_with_features

    from parts

    cross join covered_days

    left join streams_averaged
        on parts.part_of_day = streams_averaged.part_of_day

    order by parts.place

)

select * from parts_averaged
