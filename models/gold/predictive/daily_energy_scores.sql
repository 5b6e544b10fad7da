/*---
description: >-
  One row a local day that an export tells of, and one a day to come, with what is to be expected of
  the days to come: mean energy of a day. Empty where there is no day to forecast.
materialized: predictions
scored_by: daily_energy_forecast
columns:
  - name: listening_date
    description: Local day.
    data_tests: [unique, not_null]
  - name: energy
    description: Mean energy of the streams of the day, 0 to 1; null on days with few streams with features, and for days to come.
  - name: prediction
    description: What is expected; null for days that are known, and without a champion.
  - name: lower
    description: Lower end of the 80 % interval.
  - name: upper
    description: Upper end of the 80 % interval.
  - name: model_version
    description: Version of daily_energy_forecast; null without a champion.
---*/

with

listening_days as (

    select * from {{ref 'listening_days'}}

),

days_to_forecast as (

    select * from {{ref 'days_to_forecast'}}

),

days_united as (

    select listening_date, energy from listening_days

    where exists (select 1 from days_to_forecast)

    union all

    select date as listening_date, cast(null as double) as energy from days_to_forecast

)

select * from days_united
