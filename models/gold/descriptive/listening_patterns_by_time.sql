/*---
description: >-
  One row a local hour of the week in which there was a stream, with how much was played and how the
  music sounded. The averages are null without a catalogue, since only it knows how music sounds.
columns:
  - name: hour_of_day
    description: Local hour of the start, 0 to 23.
    data_tests:
      - not_null
      - range: { min: 0, max: 23 }
  - name: day_of_week
    description: Local day of the start, 1 = Sunday to 7 = Saturday.
    data_tests:
      - not_null
      - range: { min: 1, max: 7 }
  - name: day_name
    description: That day's English name.
    data_tests: [not_null]
  - name: part_of_day
    description: morning 6 to 11, afternoon 12 to 17, evening 18 to 22, night otherwise.
    data_tests:
      - accepted_values: { values: [morning, afternoon, evening, night] }
  - name: is_weekend
    description: Whether that day is Saturday or Sunday.
    data_tests: [not_null]
  - name: play_count
    description: Streams.
    data_tests:
      - range: { min: 1 }
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
  - name: avg_tempo
    description: Mean beats a minute.
  - name: minutes_played
    description: Minutes of the streams.
    data_tests: [not_null]
  - name: plays_without_ms
    description: Streams whose source has no length, missing in minutes_played.
    data_tests: [not_null]
  - name: plays_with_features
    description: Streams with features, over which the averages are.
    data_tests: [not_null]
data_tests:
  - unique: { columns: [hour_of_day, day_of_week] }
  - row_count: { max: 168 }
  - expression: { expression: plays_with_features <= play_count }
---*/

with

streams as (

    select * from {{ref 'streams'}}

),

hours_averaged as (

    select
        hour_of_day,
        day_of_week,
        day_name,
        part_of_day,
        is_weekend,
        count(*) as play_count,
        {{> average feature='valence' digits='3'}} as avg_valence,
        {{> average feature='energy' digits='3'}} as avg_energy,
        {{> average feature='danceability' digits='3'}} as avg_danceability,
        {{> average feature='acousticness' digits='3'}} as avg_acousticness,
        {{> average feature='tempo' digits='1'}} as avg_tempo,
        {{> minutes_played}} as minutes_played,
        count(*) filter (where ms_played is null) as plays_without_ms,
        count(*) filter (where has_features) as plays_with_features

    from streams

    group by hour_of_day, day_of_week, day_name, part_of_day, is_weekend

    order by day_of_week, hour_of_day

)

select * from hours_averaged
