/*---
description: >-
  One row a local day that an export tells of: the training set of the forecast of minutes a day.
  The mean of all days is its baseline, and serves where nothing beats it.
materialized: trained_model
training:
  task: forecast
  label: minutes
  key: listening_date
  range: { min: 0, max: 1440 }
columns:
  - name: listening_date
    description: Local day.
    data_tests: [unique, not_null]
  - name: minutes
    description: Minutes of the streams of the day; null where a length is missing.
---*/

with

listening_days as (

    select listening_date, minutes from {{ref 'listening_days'}}

)

select * from listening_days
