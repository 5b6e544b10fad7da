/*---
description: One row a stream, with the artist it counts for in all spellings of the name.
materialized: ephemeral
columns:
  - name: artist_key
    description: Artist without case, accents and punctuation; null where no source names one.
  - name: artist_name
    description: Artist as the track has it.
  - name: song_id
    description: The song, its versions together.
  - name: started_at
    description: Start of the stream, UTC.
  - name: listening_date
    description: Local day of the start.
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

    select song_id, artist_key from {{ref 'songs'}}

),

artists_keyed as (

    select
        -- A stream without a title belongs to no song and may still name its artist.
        coalesce(songs.artist_key, {{> normalised name='streams_by_year.artist_name'}})
            as artist_key,
        streams_by_year.artist_name,
        streams_by_year.song_id,
        streams_by_year.started_at,
        streams_by_year.listening_date,
        streams_by_year.listening_year,
        streams_by_year.is_partial,
        streams_by_year.ms_played

    from streams_by_year

    left join songs
        on streams_by_year.song_id = songs.song_id

)

select * from artists_keyed
