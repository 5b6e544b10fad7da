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

tracks_hashed as (

    select
        {{#each (list
            'danceability' 'energy' 'loudness' 'speechiness' 'acousticness' 'instrumentalness'
            'liveness' 'valence' 'tempo' 'key' 'mode'
        ) as |feature|}}
        {{> md5_begin}}track_id || ':{{feature}}'{{> md5_end}} as {{feature}}_digest,
        {{/each}}
        track_id

    from tracks

),

features_made_up as (

    select
        track_id,
        true as is_synthetic,
        {{> bell digest='danceability_digest' least='0.2' most='0.9' digits='3'}} as danceability,
        {{> bell digest='energy_digest' least='0.1' most='1.0' digits='3'}} as energy,
        {{> bell digest='loudness_digest' least='-18.0' most='-2.0' digits='2'}} as loudness,
        {{> bell digest='speechiness_digest' least='0.02' most='0.4' digits='3'}} as speechiness,
        {{> bell digest='acousticness_digest' least='0.0' most='1.0' digits='3'}} as acousticness,
        {{> bell digest='instrumentalness_digest' least='0.0' most='0.9' digits='3'}}
            as instrumentalness,
        {{> bell digest='liveness_digest' least='0.05' most='0.6' digits='3'}} as liveness,
        {{> bell digest='valence_digest' least='0.0' most='1.0' digits='3'}} as valence,
        {{> bell digest='tempo_digest' least='60.0' most='190.0' digits='1'}} as tempo,
        -- Of the 64-bit number: every power of 65536 leaves what 65536 does, divided by 12.
        cast((
            {{> digest_word digest='key_digest' place='17'}}
            + 65536 * (
                {{> digest_word digest='key_digest' place='21'}}
                + {{> digest_word digest='key_digest' place='25'}}
                + {{> digest_word digest='key_digest' place='29'}}
            )
        ) % 12 as integer) as key,
        cast({{> digest_word digest='mode_digest' place='17'}} % 2 as integer) as mode,
        4 as time_signature

    from tracks_hashed

)

select * from features_made_up
