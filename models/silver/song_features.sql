/*---
description: >-
  One row a song ever played, with its 12 audio features from the best source that has them, in the
  order of seed feature_sources, and the mood they make.
columns:
  - name: song_id
    description: The song.
    data_tests:
      - unique
      - not_null
      - relationships: { to: songs, field: song_id }
  - name: feature_source
    description: Where the features come from; none where nothing has them.
    data_tests:
      - not_null
      - accepted_values: { values: [given, api, catalogue, catalogue_name, artist, synthetic, none] }
  - name: catalogue_track_count
    description: Catalogue tracks behind the values; null where they are made up or missing.
  - name: danceability
    description: How suitable for dancing, 0 to 1.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: energy
    description: Intensity, 0 to 1.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: loudness
    description: Mean loudness in decibels.
    data_tests:
      - range: { min: -60, max: 10, severity: warn }
  - name: speechiness
    description: Share of spoken words, 0 to 1.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: acousticness
    description: Confidence that the track is acoustic, 0 to 1.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: instrumentalness
    description: Confidence that the track has no vocals, 0 to 1.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: liveness
    description: Confidence that an audience is heard, 0 to 1.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: valence
    description: How positive the music sounds, 0 to 1.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: tempo
    description: Beats a minute; null for source artist.
    data_tests:
      - range: { min: 20, max: 300, severity: warn }
  - name: key
    description: Pitch class, 0 = C to 11 = B; null for source artist and where versions differ.
  - name: mode
    description: 1 major, 0 minor; null for source artist and where versions differ.
  - name: time_signature
    description: Beats in a bar; null for source artist and where versions differ.
  - name: mood_category
    description: >-
      Mood of the music by seed mood_quadrants; null without valence and energy. Where the source is
      artist or synthetic it is an estimate or made up like the features.
---*/

with

songs as (

    select song_id from {{ref 'songs'}}

),

feature_candidates as (

    select * from {{ref 'feature_candidates'}}

),

feature_sources as (

    select feature_source, precedence from {{ref 'feature_sources'}}

),

mood_quadrants as (

    select * from {{ref 'mood_quadrants'}}

),

sources_ranked as (

    select
        feature_candidates.*,
        row_number() over (
            partition by feature_candidates.song_id
            order by feature_sources.precedence
        ) as source_rank

    from feature_candidates

    inner join feature_sources
        on feature_candidates.feature_source = feature_sources.feature_source

),

best_sources as (

    select * from sources_ranked
    where source_rank = 1

),

moods as (

    select
        best_sources.song_id,
        min_by(mood_quadrants.mood_category, mood_quadrants.mood_label) as mood_category

    from best_sources

    inner join mood_quadrants
        on {{> in_quadrant valence='best_sources.valence' energy='best_sources.energy'}}

    group by best_sources.song_id

),

songs_described as (

    select
        songs.song_id,
        coalesce(best_sources.feature_source, 'none') as feature_source,
        best_sources.catalogue_track_count,
        {{#each (list
            'danceability' 'energy' 'loudness' 'speechiness' 'acousticness' 'instrumentalness'
            'liveness' 'valence' 'tempo' 'key' 'mode' 'time_signature'
        ) as |feature|}}
        best_sources.{{feature}},
        {{/each}}
        moods.mood_category

    from songs

    left join best_sources
        on songs.song_id = best_sources.song_id

    left join moods
        on songs.song_id = moods.song_id

)

select * from songs_described
