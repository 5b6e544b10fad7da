/*---
description: >-
  One row a pair of audio features and a song that was streamed and has both; a pair that no song
  has stands in one row with nulls.
materialized: ephemeral
columns:
  - name: feature_1
    description: First feature, in the order valence, energy, … loudness.
  - name: feature_2
    description: Second feature, one that comes later in that order.
  - name: place_1
    description: Place of the first feature in that order, from 0.
  - name: place_2
    description: Place of the second feature in that order, from 0.
  - name: song_plays
    description: Streams of the song; null where it lacks one of the features.
  - name: song
    description: 1; null where the song lacks one of the features.
  - name: x
    description: The song's first feature.
  - name: y
    description: The song's second feature.
---*/

with

streams as (

    select * from {{ref 'streams'}}

),

features as (

    select * from (
        values
            ('valence', 0), ('energy', 1), ('danceability', 2), ('acousticness', 3),
            ('instrumentalness', 4), ('tempo', 5), ('loudness', 6)
    ) as features (feature, place)

),

later_features as (

    select * from features

),

feature_pairs as (

    select
        features.feature as feature_1,
        later_features.feature as feature_2,
        features.place as place_1,
        later_features.place as place_2

    from features

    inner join later_features
        on features.place < later_features.place

),

stream_values as (

    {{#each (list
        'valence' 'energy' 'danceability' 'acousticness' 'instrumentalness' 'tempo' 'loudness'
    ) as |feature|}}
    select song_id, '{{feature}}' as feature, {{feature}} as value from streams
    where {{feature}} is not null
    {{#unless @last}}
    union all
    {{/unless}}
    {{/each}}

),

song_values as (

    -- The streams of a song share its features.
    select
        song_id,
        feature,
        count(*) as plays,
        cast(min(value) as decimal(18, 9)) as value

    from stream_values

    group by song_id, feature

),

later_values as (

    select * from song_values

),

values_paired as (

    select
        feature_pairs.*,
        if(later_values.value is null, null, song_values.plays) as song_plays,
        if(later_values.value is null, null, 1) as song,
        song_values.value as x,
        later_values.value as y

    from feature_pairs

    left join song_values
        on feature_pairs.feature_1 = song_values.feature

    left join later_values
        on feature_pairs.feature_2 = later_values.feature
        and song_values.song_id = later_values.song_id

)

select * from values_paired
