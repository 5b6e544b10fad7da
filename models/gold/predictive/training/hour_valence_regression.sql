/*---
description: >-
  One row a stream that an export tells of and that has a valence: the training set of the valence to
  be expected of an hour. Its baseline is the mean of the 28 days before, which serves where the hour
  tells nothing beyond it.
materialized: trained_model
training:
  task: regression
  label: valence
  key: play_id
  group: listening_date
  time: started_at
  range: { min: 0, max: 1 }
  baseline: running_valence
  provenance: feature_source
  algorithms: [ridge]
columns:
  - name: play_id
    description: The stream.
    data_tests: [unique, not_null]
  - name: listening_date
    description: Local date of the start; streams of a day are never in two folds.
    data_tests: [not_null]
  - name: started_at
    description: When the play began, UTC.
    data_tests: [not_null]
  - name: feature_source
    description: Where the features come from.
    data_tests: [not_null]
  - name: hour_sin
    description: Sine of the local hour on a clock of 24.
    data_tests: [not_null]
  - name: hour_cos
    description: Cosine of it.
    data_tests: [not_null]
  - name: is_weekend
    description: 1 on Saturday and Sunday, otherwise 0.
    data_tests: [not_null]
  - name: running_valence
    description: Mean valence of such streams of the 28 days before; null where there are none.
  - name: valence
    description: How positive the music sounds, 0 to 1, which is learned.
    data_tests: [not_null]
---*/

with

hour_streams as (

    select * from {{ref 'hour_streams'}}

)

select * from hour_streams
