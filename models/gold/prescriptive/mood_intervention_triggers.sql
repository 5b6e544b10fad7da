/*---
description: >-
  One row a local hour whose music sounds dark: at least 30 streams with features and a mean valence
  below 0.4. It tells of the music and of nobody's state, since many love dark music, and is never
  part of an alert. Bounds and texts come from seed intervention_texts. Empty without a catalogue.
columns:
  - name: hour_of_day
    description: Local hour of the start, 0 to 23.
    data_tests:
      - unique
      - not_null
      - range: { min: 0, max: 23 }
  - name: avg_valence
    description: Mean valence of the streams with features.
    data_tests:
      - not_null
      - range: { min: 0, max: 0.4, severity: warn }
  - name: avg_energy
    description: Mean energy of the streams with features; null below 30 of them.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: low_mood_count
    description: Streams of songs with a valence below 0.3.
    data_tests: [not_null]
  - name: total_plays
    description: Streams, with and without features.
    data_tests: [not_null]
  - name: intervention_needed
    description: >-
      High Priority where the mean valence is below 0.3 before it is rounded, otherwise Medium
      Priority. The priority of variety in the music, no more.
    data_tests: [not_null]
  - name: suggested_intervention
    description: How the music of the hour could be varied.
    data_tests: [not_null]
  - name: mood_support_playlist
    description: A playlist of personalized_playlist_suggestions that goes with it.
    data_tests: [not_null]
  - name: plays_with_features
    description: Streams with features, over which the means are.
    data_tests:
      - range: { min: 30 }
  - name: days
    description: Different local days of these streams with features.
    data_tests:
      - range: { min: 1 }
data_tests:
  - expression: { expression: low_mood_count <= plays_with_features }
  - expression: { expression: plays_with_features <= total_plays }
---*/

with

streams as (

    select * from {{ref 'streams'}}

),

intervention_texts as (

    select * from {{ref 'intervention_texts'}}

),

hours_averaged as (

    select
        hour_of_day,
        {{> average feature='valence' digits='9'}} as mean_valence,
        {{> average feature='energy' digits='9'}} as mean_energy,
        count(*) filter (where valence < 0.3) as low_mood_count,
        count(*) as total_plays,
        count(*) filter (where has_features) as plays_with_features,
        count(distinct listening_date) filter (where has_features) as days

    from streams

    group by hour_of_day

),

hours_triggered as (

    select
        hours_averaged.hour_of_day,
        round(hours_averaged.mean_valence, 3) as avg_valence,
        round(hours_averaged.mean_energy, 3) as avg_energy,
        hours_averaged.low_mood_count,
        hours_averaged.total_plays,
        intervention_texts.intervention_needed,
        intervention_texts.suggested_intervention,
        intervention_texts.mood_support_playlist,
        hours_averaged.plays_with_features,
        hours_averaged.days,
        row_number() over (
            partition by hours_averaged.hour_of_day
            order by intervention_texts.below_valence
        ) as intervention_rank

    from hours_averaged

    inner join intervention_texts
        on hours_averaged.mean_valence < intervention_texts.below_valence

),

interventions_chosen as (

    select
        hour_of_day,
        avg_valence,
        avg_energy,
        low_mood_count,
        total_plays,
        intervention_needed,
        suggested_intervention,
        mood_support_playlist,
        plays_with_features,
        days

    from hours_triggered

    where intervention_rank = 1

    order by hour_of_day

)

select * from interventions_chosen
