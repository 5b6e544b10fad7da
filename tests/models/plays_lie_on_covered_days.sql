/*---
description: Every play of a track began on a day that a source covers.
severity: warn
---*/

with

listening_with_features as (

    select play_id, listening_date from {{ref 'listening_with_features'}}

),

covered_days as (

    select covered_date from {{ref 'covered_days'}}

),

uncovered_plays as (

    select * from listening_with_features

    where listening_date not in (select covered_date from covered_days)

)

select * from uncovered_plays
