/*---
description: One row a local year with streams, with its first artist, song and album.
materialized: ephemeral
columns:
  - name: listening_year
    description: Local year.
  - name: distinct_artists
    description: Different artists streamed.
  - name: distinct_songs
    description: Different songs streamed.
  - name: distinct_albums
    description: Different albums streamed.
  - name: top_artist_name
    description: The first artist by minutes.
  - name: top_song_name
    description: The first song by minutes.
  - name: top_song_artist_name
    description: Artist of that song.
  - name: top_album_name
    description: The first album by minutes.
  - name: top_album_artist_name
    description: Artist of that album.
---*/

with

top_artists_by_year as (

    select * from {{ref 'top_artists_by_year'}}

),

top_songs_by_year as (

    select * from {{ref 'top_songs_by_year'}}

),

top_albums_by_year as (

    select * from {{ref 'top_albums_by_year'}}

),

ranks_together as (

    {{#each (list 'artist' 'song' 'album') as |kind|}}
    select
        listening_year,
        rank_by_minutes,
        '{{kind}}' as kind,
        {{kind}}_name as name,
        artist_name

    from top_{{kind}}s_by_year

    where rank_by_minutes is not null
    {{#unless @last}}

    union all

    {{/unless}}
    {{/each}}

),

years_read as (

    select
        listening_year,
        {{#each (list 'artist' 'song' 'album') as |kind|}}
        count(*) filter (where kind = '{{kind}}') as distinct_{{kind}}s,
        max(name) filter (where kind = '{{kind}}' and rank_by_minutes = 1) as top_{{kind}}_name,
        {{/each}}
        {{#each (list 'song' 'album') as |kind|}}
        max(artist_name) filter (where kind = '{{kind}}' and rank_by_minutes = 1)
            as top_{{kind}}_artist_name{{#unless @last}},{{/unless}}
        {{/each}}

    from ranks_together

    group by listening_year

)

select * from years_read
