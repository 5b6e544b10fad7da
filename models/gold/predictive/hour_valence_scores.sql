/*---
description: >-
  One row a local hour, with the valence to be expected of its music on a day after the newest stream
  with a valence that an export tells of. Nothing is expected without a champion.
materialized: predictions
scored_by: hour_valence_regression
columns:
  - name: hour_of_day
    description: Local hour, 0 to 23.
    data_tests: [unique, not_null]
  - name: listening_date
    description: The day after the newest such stream.
  - name: started_at
    description: A day after its start, UTC.
  - name: hour_sin
    description: Sine of the local hour on a clock of 24.
  - name: hour_cos
    description: Cosine of it.
  - name: is_weekend
    description: Two days of seven, since no day of the week is meant.
  - name: running_valence
    description: Mean valence of such streams of the last 28 days.
  - name: prediction
    description: Valence to be expected, 0 to 1.
  - name: lower
    description: Lower end of the 80 % interval of a single stream.
  - name: upper
    description: Upper end of it.
  - name: is_holdout
    description: False, as for all days to come.
  - name: model_version
    description: Version of hour_valence_regression; null without a champion.
---*/

with

hour_streams as (

    select * from {{ref 'hour_streams'}}

),

newest as (

    select max(listening_date) as newest_date, max(started_at) as newest_at from hour_streams

),

running as (

    select {{> mean of='hour_streams.valence'}} as running_valence

    from hour_streams

    inner join newest
        on hour_streams.listening_date > newest.newest_date - interval '28' day

),

hours as (

    select cast(hour_number as integer) as hour_of_day
    from unnest({{> number_series first='0' last='23'}}) as numbers (hour_number)

),

hours_placed as (

    select
        hours.hour_of_day,
        cast(newest.newest_date + interval '1' day as date) as listening_date,
        newest.newest_at + interval '1' day as started_at,
        round(sin(2 * pi() * hours.hour_of_day / 24e0), 9) as hour_sin,
        round(cos(2 * pi() * hours.hour_of_day / 24e0), 9) as hour_cos,
        round(2 / 7e0, 9) as is_weekend,
        running.running_valence

    from hours

    cross join newest

    cross join running

    where newest.newest_date is not null

)

select * from hours_placed
