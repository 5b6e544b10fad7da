/*---
description: >-
  One row a local year of which a source covers a day, with what was new. Null if it is in any of
  the covered months.
materialized: ephemeral
columns:
  - name: listening_year
    description: Local year.
  - name: new_artists
    description: Artists streamed for the first time.
  - name: new_songs
    description: Songs streamed for the first time.
---*/

with

discovery as (

    select * from {{ref 'discovery'}}

    where covered_days > 0

),

months_summed as (

    select
        year(listening_month) as listening_year,
        if(count(new_artists) = count(*), cast(sum(new_artists) as bigint), null) as new_artists,
        if(count(new_songs) = count(*), cast(sum(new_songs) as bigint), null) as new_songs

    from discovery

    group by year(listening_month)

)

select * from months_summed
