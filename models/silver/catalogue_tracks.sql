/*---
description: >-
  One row a track id of the catalogue, from its latest landing, with the song it belongs to. Empty
  without a catalogue.
columns:
  - name: track_id
    description: Spotify's id of the track.
    data_tests: [unique, not_null]
  - name: song_id
    description: Song by title and first artist; null where the catalogue names neither.
  - name: track_name
    description: Title of the track.
  - name: artist_name
    description: First artist of the track.
  - name: artist_key
    description: The first artist without case, accents and punctuation.
  - name: album_name
    description: Album of the track.
  - name: track_genre
    description: The genre of the track; of several the first by alphabet.
  - name: duration_ms
    description: Length in milliseconds; null where the catalogue has 0.
  - name: danceability
    description: How suitable for dancing, 0 to 1.
  - name: energy
    description: Intensity, 0 to 1.
  - name: key
    description: Pitch class, 0 = C to 11 = B; null where none was found.
  - name: loudness
    description: Mean loudness in decibels.
  - name: mode
    description: 1 major, 0 minor.
  - name: speechiness
    description: Share of spoken words, 0 to 1.
  - name: acousticness
    description: Confidence that the track is acoustic, 0 to 1.
  - name: instrumentalness
    description: Confidence that the track has no vocals, 0 to 1.
  - name: liveness
    description: Confidence that an audience is heard, 0 to 1.
  - name: valence
    description: How positive the music sounds, 0 to 1.
  - name: tempo
    description: Beats a minute; null where none was found.
  - name: time_signature
    description: Beats in a bar; null where none was found.
---*/

with

kaggle_tracks as (

    select * from {{source 'bronze.kaggle_tracks'}}

),

rows_ranked as (

    select
        *,
        row_number() over (
            partition by track_id
            order by landed_at desc, batch_id, track_genre, line_number
        ) as row_rank

    from kaggle_tracks

),

titles_read as (

    select
        *,
        {{> song_title title='track_name'}} as song_title,
        nullif(trim(split_part(artists, ';', 1)), '') as artist_name,
        {{> normalised name="split_part(artists, ';', 1)"}} as artist_key

    from rows_ranked

    where row_rank = 1

),

songs_identified as (

    select
        track_id,
        {{> song_id title='song_title' artist_key='artist_key'}} as song_id,
        track_name,
        artist_name,
        artist_key,
        album_name,
        track_genre,
        nullif(duration_ms, 0) as duration_ms,
        danceability,
        energy,
        nullif(key, -1) as key,
        loudness,
        mode,
        speechiness,
        acousticness,
        instrumentalness,
        liveness,
        valence,
        nullif(tempo, 0) as tempo,
        nullif(time_signature, 0) as time_signature

    from titles_read

)

select * from songs_identified
