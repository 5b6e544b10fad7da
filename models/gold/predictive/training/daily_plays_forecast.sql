/*---
description: >-
  One row a local day that an export tells of: the training set of the forecast of streams a day.
  The mean of all days is its baseline, and serves where nothing beats it.
materialized: trained_model
training:
  task: forecast
  label: plays
  key: listening_date
  range: { min: 0, max: 2880 }
columns:
  - name: listening_date
    description: Local day.
    data_tests: [unique, not_null]
  - name: plays
    description: Streams of the day.
---*/

with

listening_days as (

    select listening_date, plays from {{ref 'listening_days'}}

)

select * from listening_days
