/*---
description: >-
  One row a day to come that is forecast: the 14 after the last covered day. None where that day
  lies more than 14 days before the run, since nobody knows what was played since.
columns:
  - name: date
    description: Local day.
    data_tests: [unique, not_null]
  - name: days_ahead
    description: Days after the last covered day, from 1.
    data_tests:
      - not_null
      - range: { min: 1, max: 14 }
  - name: last_covered_date
    description: Last local day that a source tells of.
    data_tests: [not_null]
---*/

with

covered_days as (

    select max(covered_date) as last_covered_date from {{ref 'covered_days'}}

),

days_counted as (

    select
        cast(covered_days.last_covered_date + interval '1' day * days.days_ahead as date) as date,
        days.days_ahead,
        covered_days.last_covered_date

    from covered_days

    cross join unnest({{> number_series first='1' last='14'}}) as days (days_ahead)

    where covered_days.last_covered_date >= {{run_date}} - interval '14' day

)

select * from days_counted
