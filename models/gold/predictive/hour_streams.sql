/*---
description: >-
  One row a stream that an export tells of and that has a valence, with what was known of it the day
  before: what the valence to be expected of an hour is learned from.
materialized: ephemeral
columns:
  - name: play_id
    description: The stream.
  - name: listening_date
    description: Local date of the start.
  - name: started_at
    description: When the play began, UTC.
  - name: feature_source
    description: Where the features come from.
  - name: hour_sin
    description: Sine of the local hour on a clock of 24.
  - name: hour_cos
    description: Cosine of it.
  - name: is_weekend
    description: 1 on Saturday and Sunday, otherwise 0.
  - name: running_valence
    description: Mean valence of such streams of the 28 days before; null where there are none.
  - name: valence
    description: How positive the music sounds, 0 to 1.
---*/

with

plays as (

    select play_id from {{ref 'plays'}}

    where source_kind != 'api'

),

streams as (

    select * from {{ref 'streams'}}

    where valence is not null
    and feature_source != 'api'
    and play_id in (select play_id from plays)

),

streams_placed as (

    select
        play_id,
        listening_date,
        started_at,
        feature_source,
        round(sin(2 * pi() * hour_of_day / 24e0), 9) as hour_sin,
        round(cos(2 * pi() * hour_of_day / 24e0), 9) as hour_cos,
        cast(is_weekend as integer) as is_weekend,
        {{> mean_over of='valence' over='days_before'}} as running_valence,
        valence

    from streams

    window days_before as (
        order by listening_date
        range between interval '28' day preceding and interval '1' day preceding
    )

)

select * from streams_placed
