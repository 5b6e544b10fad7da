/*---
description: >-
  One row a pair of 7 audio features, with how far they rise and fall together, over streams (a song
  counts as often as it was played) and over songs (each counts once). A few much played songs can
  make the first; where the two differ, that is what they tell of. Always 21 rows; the correlations
  are null without a catalogue.
columns:
  - name: feature_1
    description: First feature, in the order valence, energy, … loudness.
    data_tests:
      - not_null
      - accepted_values:
          values: [valence, energy, danceability, acousticness, instrumentalness, tempo]
  - name: feature_2
    description: Second feature, one that comes later in that order.
    data_tests:
      - not_null
      - accepted_values:
          values: [energy, danceability, acousticness, instrumentalness, tempo, loudness]
  - name: correlation
    description: Pearson's correlation over streams; null below 30 with both features.
    data_tests:
      - range: { min: -1, max: 1, severity: warn }
  - name: strength
    description: >-
      Strong where the correlation over streams is above 0.7 either way before it is rounded,
      Moderate above 0.4, else Weak; null without one.
    data_tests:
      - accepted_values: { values: [Strong, Moderate, Weak] }
  - name: correlation_over_songs
    description: Pearson's correlation over songs; null below 30 with both features.
    data_tests:
      - range: { min: -1, max: 1, severity: warn }
  - name: sample_size
    description: Streams with both features.
    data_tests: [not_null]
  - name: songs
    description: Songs of those streams.
    data_tests: [not_null]
data_tests:
  - unique: { columns: [feature_1, feature_2] }
  - row_count: { min: 21, max: 21 }
  - expression: { expression: songs <= sample_size }
---*/

with

song_feature_pairs as (

    select * from {{ref 'song_feature_pairs'}}

),

pairs_correlated as (

    select
        feature_1,
        feature_2,
        {{> correlation weight='song_plays'}} as correlation,
        {{> correlation weight='song'}} as correlation_over_songs,
        cast(coalesce(sum(song_plays), 0) as bigint) as sample_size,
        count(song) as songs

    from song_feature_pairs

    group by feature_1, feature_2, place_1, place_2

    order by place_1, place_2

),

pairs_judged as (

    select
        feature_1,
        feature_2,
        -- Adding 0 makes 0 of -0.
        round(correlation, 3) + 0 as correlation,
        case
            when abs(correlation) > 0.7 then 'Strong'
            when abs(correlation) > 0.4 then 'Moderate'
            when correlation is not null then 'Weak'
        end as strength,
        round(correlation_over_songs, 3) + 0 as correlation_over_songs,
        sample_size,
        songs

    from pairs_correlated

)

select * from pairs_judged
