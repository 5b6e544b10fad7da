/*---
description: >-
  One row a song that the catalogue knows, by one of its track ids (catalogue) or else by its title
  and first artist (catalogue_name). Several catalogue tracks of a song are averaged. Empty without
  a catalogue.
columns:
  - name: song_id
    description: The song.
    data_tests: [unique, not_null]
  - name: feature_source
    description: catalogue or catalogue_name.
    data_tests:
      - not_null
      - accepted_values: { values: [catalogue, catalogue_name] }
  - name: catalogue_track_count
    description: Catalogue tracks behind the values.
    data_tests: [not_null]
  - name: danceability
    description: How suitable for dancing, 0 to 1.
  - name: energy
    description: Intensity, 0 to 1.
  - name: loudness
    description: Mean loudness in decibels.
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
    description: Beats a minute.
  - name: key
    description: Pitch class, 0 = C to 11 = B; null where the tracks differ.
  - name: mode
    description: 1 major, 0 minor; null where the tracks differ.
  - name: time_signature
    description: Beats in a bar; null where the tracks differ.
---*/

with

tracks as (

    select track_id, song_id from {{ref 'tracks'}}

),

songs as (

    select song_id from {{ref 'songs'}}

),

catalogue_tracks as (

    select * from {{ref 'catalogue_tracks'}}

),

matched_by_id as (

    select
        tracks.song_id,
        'catalogue' as feature_source,
        count(*) as catalogue_track_count,
        {{> mean_features}}

    from tracks

    inner join catalogue_tracks
        on tracks.track_id = catalogue_tracks.track_id

    group by tracks.song_id

),

matched_by_name as (

    select
        catalogue_tracks.song_id,
        'catalogue_name' as feature_source,
        count(*) as catalogue_track_count,
        {{> mean_features}}

    from catalogue_tracks

    where catalogue_tracks.song_id in (select song_id from songs)
    and catalogue_tracks.song_id not in (select song_id from matched_by_id)

    group by catalogue_tracks.song_id

),

matches_united as (

    select * from matched_by_id

    union all

    select * from matched_by_name

)

select * from matches_united
