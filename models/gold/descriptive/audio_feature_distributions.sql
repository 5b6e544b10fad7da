/*---
description: >-
  One row an audio feature, with its distribution over streams, so a song counts as often as it was
  played. Always 8 rows; their figures are null without a catalogue.
columns:
  - name: feature_name
    description: The feature.
    data_tests:
      - unique
      - not_null
      - accepted_values:
          values:
            - valence
            - energy
            - danceability
            - acousticness
            - instrumentalness
            - speechiness
            - loudness
            - tempo
  - name: mean
    description: Mean; null below 30 streams with the feature.
  - name: std_dev
    description: Standard deviation; null below 30 streams with the feature.
    data_tests:
      - range: { min: 0 }
  - name: min
    description: Least value.
  - name: max
    description: Greatest value.
  - name: p05
    description: 5 % of the streams lie at or below it.
  - name: p25
    description: 25 % of the streams lie at or below it.
  - name: p50
    description: Half of the streams lie at or below it.
  - name: p75
    description: 75 % of the streams lie at or below it.
  - name: p95
    description: 95 % of the streams lie at or below it.
  - name: plays_with_features
    description: Streams that have the feature.
    data_tests: [not_null]
data_tests:
  - row_count: { min: 8, max: 8 }
  - expression: { expression: min <= p05 and p05 <= p50 and p50 <= p95 and p95 <= max }
---*/

with

streams as (

    select * from {{ref 'streams'}}

),

distributions as (

    {{#each (list
        'valence' 'energy' 'danceability' 'acousticness' 'instrumentalness' 'speechiness' 'loudness'
    ) as |feature|}}
    {{> distribution feature=feature digits='3'}}

    union all

    {{/each}}
    {{> distribution feature='tempo' digits='1'}}

)

select * from distributions
