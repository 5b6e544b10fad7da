/*---
description: >-
  No play ends more than a day after its file landed: the clock of a device, or of this machine, was
  wrong. One such play stretches every calendar, streak and forecast to its date.
severity: warn
---*/

with

plays as (

    select play_id, batch_id, ended_at from {{ref 'plays'}}

),

landings as (

    select batch_id, landed_at from {{source 'bronze.landings'}}

),

plays_landed as (

    select
        plays.play_id,
        plays.ended_at,
        landings.landed_at

    from plays

    inner join landings
        on plays.batch_id = landings.batch_id

),

future_plays as (

    select * from plays_landed

    where ended_at > landed_at + interval '1' day

)

select * from future_plays
