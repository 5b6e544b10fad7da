/*---
description: >-
  Every artist and track of seed exclusions stands somewhere in the record; one that does not is
  probably misspelt.
severity: warn
---*/

with

exclusion_rules as (

    select * from {{ref 'exclusion_rules'}}

    where kind != 'period'

),

plays as (

    select
        song_id,
        artist_key,
        {{> normalised name='coalesce(show_name, audiobook_title)'}} as show_key

    from {{ref 'plays'}}

    where exists (select * from exclusion_rules)

),

streams as (

    select song_id from {{ref 'streams'}}

),

known_keys as (

    select distinct unnest([song_id, artist_key, show_key]) as known_key from plays

    union

    -- Adds no key, but makes this a test of gold: a mistake in the seed must not hold silver.
    select song_id as known_key from streams

),

unknown_rules as (

    select * from exclusion_rules

    where coalesce(artist_key, song_id, '')
        not in (select known_key from known_keys where known_key is not null)

)

select * from unknown_rules
