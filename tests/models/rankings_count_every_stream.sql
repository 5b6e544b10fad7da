/*---
description: Artists, songs and albums, of the whole life and by year, add up to all streams.
severity: error
---*/

with

streams as (

    select * from {{ref 'streams'}}

),

top_artists as (

    select * from {{ref 'top_artists'}}

),

top_artists_by_year as (

    select * from {{ref 'top_artists_by_year'}}

),

top_songs as (

    select * from {{ref 'top_songs'}}

),

top_songs_by_year as (

    select * from {{ref 'top_songs_by_year'}}

),

top_albums as (

    select * from {{ref 'top_albums'}}

),

top_albums_by_year as (

    select * from {{ref 'top_albums_by_year'}}

),

counts as (

    {{#each (list
        'top_artists' 'top_artists_by_year' 'top_songs' 'top_songs_by_year' 'top_albums'
        'top_albums_by_year'
    ) as |table|}}
    select
        '{{table}}' as table_name,
        sum(stream_count) as stream_count

    from {{table}}
    {{#unless @last}}

    union all

    {{/unless}}
    {{/each}}

),

mismatches as (

    select * from counts

    where coalesce(stream_count, 0) != (select count(*) from streams)

)

select * from mismatches
