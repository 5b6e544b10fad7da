/*---
description: >-
  One row a play of a track whose source gives no track id, with the song its names tell: account
  data, and files of one's own.
materialized: ephemeral
columns:
  - name: play_id
    description: The play.
  - name: song_id
    description: Song by title and artist; null where either is missing.
  - name: artist_key
    description: The artist without case, accents and punctuation.
---*/

with

play_sightings as (

    select * from {{ref 'play_sightings'}}

    where is_kept
    and media_type = 'track'
    and track_id is null

),

names_read as (

    select distinct
        track_name,
        artist_name,
        {{> song_title title='track_name'}} as song_title,
        {{> normalised name='artist_name'}} as artist_key

    from play_sightings

),

songs_identified as (

    select
        play_sightings.play_id,
        {{> song_id title='names_read.song_title' artist_key='names_read.artist_key'}} as song_id,
        names_read.artist_key

    from play_sightings

    inner join names_read
        on play_sightings.track_name is not distinct from names_read.track_name
        and play_sightings.artist_name is not distinct from names_read.artist_name

)

select * from songs_identified
