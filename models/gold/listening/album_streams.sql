/*---
description: >-
  One row a stream, with the album it counts for: that of its track, or of the song's most played
  version where the source has no id. Remastered and plain editions are one album, others are not.
materialized: ephemeral
columns:
  - name: album_id
    description: Key of the album, from its title and artist; null where either is missing.
  - name: album_name
    description: Title of the album as the track has it; null without album_id.
  - name: artist_name
    description: Artist of the album as the track has it; null without album_id.
  - name: song_id
    description: The song, its versions together.
  - name: started_at
    description: Start of the stream, UTC.
  - name: listening_year
    description: Local year of the start.
  - name: is_partial
    description: Whether no source covers some days of that year.
  - name: ms_played
    description: Milliseconds played; null where the source has none.
---*/

with

streams_by_year as (

    select * from {{ref 'streams_by_year'}}

),

songs as (

    select song_id, artist_key, album_name from {{ref 'songs'}}

),

tracks as (

    select track_id, artist_key, album_name from {{ref 'tracks'}}

),

track_titles as (

    select
        track_id,
        artist_key,
        album_name,
        {{> song_title title='album_name'}} as album_title

    from tracks

),

song_titles as (

    select
        song_id,
        artist_key,
        album_name,
        {{> song_title title='album_name'}} as album_title

    from songs

    where song_id in (select song_id from streams_by_year where track_id is null)

),

{{#each (list 'track' 'song') as |kind|}}
{{kind}}_albums as (

    select
        {{kind}}_id,
        album_name,
        {{> song_id title='album_title' artist_key='artist_key'}} as album_id

    from {{kind}}_titles

),

{{/each}}
albums_found as (

    select
        streams_by_year.*,
        coalesce(track_albums.album_id, song_albums.album_id) as album_id,
        coalesce(track_albums.album_name, song_albums.album_name) as album_name

    from streams_by_year

    left join track_albums
        on streams_by_year.track_id = track_albums.track_id

    left join song_albums
        on streams_by_year.track_id is null
        and streams_by_year.song_id = song_albums.song_id

),

albums_named as (

    select
        album_id,
        if(album_id is null, null, album_name) as album_name,
        if(album_id is null, null, artist_name) as artist_name,
        song_id,
        started_at,
        listening_year,
        is_partial,
        ms_played

    from albums_found

)

select * from albums_named
