/*---
description: >-
  One row a local day that an export tells of, and one a day to come, with what is to be expected of
  the days to come: streams a day. Empty where there is no day to forecast.
materialized: predictions
scored_by: daily_plays_forecast
columns:
  - name: listening_date
    description: Local day.
    data_tests: [unique, not_null]
  - name: plays
    description: Streams of the day; null for days to come.
  - name: prediction
    description: What is expected; null for days that are known, and without a champion.
  - name: lower
    description: Lower end of the 80 % interval.
  - name: upper
    description: Upper end of the 80 % interval.
  - name: model_version
    description: Version of daily_plays_forecast; null without a champion.
---*/

with

listening_days as (

    select * from {{ref 'listening_days'}}

),

days_to_forecast as (

    select * from {{ref 'days_to_forecast'}}

),

days_united as (

    select listening_date, plays from listening_days

    where exists (select 1 from days_to_forecast)

    union all

    select date as listening_date, cast(null as bigint) as plays from days_to_forecast

)

select * from days_united
