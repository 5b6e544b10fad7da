/*---
description: >-
  One row a local day that an export tells of: the training set of the forecast of mean energy of a day.
  The mean of all days is its baseline, and serves where nothing beats it.
materialized: trained_model
training:
  task: forecast
  label: energy
  key: listening_date
  range: { min: 0, max: 1 }
  provenance: feature_source
columns:
  - name: listening_date
    description: Local day.
    data_tests: [unique, not_null]
  - name: energy
    description: Mean energy of the streams of the day, 0 to 1; null on days with few streams with features.
  - name: feature_source
    description: Where the features behind the energy come from.
---*/

with

listening_days as (

    select listening_date, energy, feature_source from {{ref 'listening_days'}}

    where energy is not null

)

select * from listening_days
