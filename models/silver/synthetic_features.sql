/*---
description: >-
  Made-up features, one row a played track, for trying things out without a catalogue: each is
  bell-shaped in a fixed range and follows from the track id alone, so it is equal on every machine.
  Empty unless the setting allow_synthetic is true. They say nothing about the music.
columns:
  - name: track_id
    description: Spotify's id of the track.
    data_tests: [unique, not_null]
  - name: is_synthetic
    description: Always true.
    data_tests:
      - accepted_values: { values: [true] }
  - name: danceability
    description: Made up, 0.2 to 0.9.
  - name: energy
    description: Made up, 0.1 to 1.
  - name: loudness
    description: Made up, -18 to -2 decibels.
  - name: speechiness
    description: Made up, 0.02 to 0.4.
  - name: acousticness
    description: Made up, 0 to 1.
  - name: instrumentalness
    description: Made up, 0 to 0.9.
  - name: liveness
    description: Made up, 0.05 to 0.6.
  - name: valence
    description: Made up, 0 to 1.
  - name: tempo
    description: Made up, 60 to 190 beats a minute.
  - name: key
    description: Made up, 0 to 11.
  - name: mode
    description: Made up, 0 or 1.
  - name: time_signature
    description: Always 4.
---*/

with

tracks as (

    select track_id from {{ref 'tracks'}}

    where {{lit (var 'allow_synthetic')}}

),

features_made_up as (

    select
        track_id,
        true as is_synthetic,
        {{> bell seed="track_id || ':danceability'" least='0.2' most='0.9' digits='3'}}
            as danceability,
        {{> bell seed="track_id || ':energy'" least='0.1' most='1.0' digits='3'}} as energy,
        {{> bell seed="track_id || ':loudness'" least='-18.0' most='-2.0' digits='2'}} as loudness,
        {{> bell seed="track_id || ':speechiness'" least='0.02' most='0.4' digits='3'}}
            as speechiness,
        {{> bell seed="track_id || ':acousticness'" least='0.0' most='1.0' digits='3'}}
            as acousticness,
        {{> bell seed="track_id || ':instrumentalness'" least='0.0' most='0.9' digits='3'}}
            as instrumentalness,
        {{> bell seed="track_id || ':liveness'" least='0.05' most='0.6' digits='3'}} as liveness,
        {{> bell seed="track_id || ':valence'" least='0.0' most='1.0' digits='3'}} as valence,
        {{> bell seed="track_id || ':tempo'" least='60.0' most='190.0' digits='1'}} as tempo,
        cast(md5_number_lower(track_id || ':key') % 12 as integer) as key,
        cast(md5_number_lower(track_id || ':mode') % 2 as integer) as mode,
        4 as time_signature

    from tracks

)

select * from features_made_up
