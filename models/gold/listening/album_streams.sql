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

    select track_id, album_name from {{ref 'tracks'}}

),

albums_found as (

    select
        streams_by_year.*,
        coalesce(tracks.album_name, songs.album_name) as found_album_name,
        songs.artist_key

    from streams_by_year

    left join songs
        on streams_by_year.song_id = songs.song_id

    left join tracks
        on streams_by_year.track_id = tracks.track_id

),

names_read as (

    select distinct
        found_album_name,
        artist_key,
        {{> song_title title='found_album_name'}} as album_title

    from albums_found

    where found_album_name is not null
    and artist_key is not null

),

albums_keyed as (

    select
        {{> song_id title='names_read.album_title' artist_key='names_read.artist_key'}} as album_id,
        names_read.found_album_name as album_name,
        if(album_id is null, null, albums_found.artist_name) as artist_name,
        albums_found.song_id,
        albums_found.started_at,
        albums_found.listening_year,
        albums_found.is_partial,
        albums_found.ms_played

    from albums_found

    left join names_read
        on albums_found.found_album_name = names_read.found_album_name
        and albums_found.artist_key = names_read.artist_key

)

select * from albums_keyed
