/*---
description: >-
  One row a play of a track of which it is known whether it was skipped: the training set of the
  model that tells a skip before the play begins. Only plays of exports.
materialized: trained_model
training:
  task: binary
  label: is_skipped
  key: row_id
  group: listening_day
  time: ended_at
  classes: ["false", "true"]
  categories: [reason_start, platform_family]
  algorithms: [logistic, boosted_trees]
columns:
  - name: row_id
    description: The play.
    data_tests: [unique, not_null]
  - name: listening_day
    description: Day of the end, UTC, whose plays are never in two folds.
    data_tests: [not_null]
  - name: ended_at
    description: End of the play, UTC; the newest plays judge.
    data_tests: [not_null]
  - name: reason_start
    description: Why it began.
  - name: is_shuffle
    description: Whether shuffle was on.
  - name: platform_family
    description: Kind of player.
  - name: hour_of_day
    description: Local hour, 0 to 23.
  - name: day_of_week
    description: Local day, 1 = Sunday to 7 = Saturday.
  - name: was_last_skipped
    description: Whether the play before was skipped.
  - name: is_same_song
    description: Whether the play before was of the same song.
  - name: is_same_artist
    description: Whether it was of the same artist.
  - name: is_same_album
    description: Whether it was of the same album.
  - name: song_play_count
    description: Plays of the song before.
  - name: artist_play_count
    description: Plays of the artist before.
  - name: days_since_song
    description: Days since the song was last played.
  - name: song_skip_rate
    description: Share skipped of the song's plays before.
  - name: artist_skip_rate
    description: The same of the artist.
  - name: album_skip_rate
    description: The same of the album.
  - name: skip_rate_3
    description: The same of the 3 plays before.
  - name: skip_rate_10
    description: The same of the 10 plays before.
  - name: skip_rate_50
    description: The same of the 50 plays before.
  - name: skip_rate_500
    description: The same of the 500 plays before.
  - name: is_skipped
    description: Whether it was skipped, which is learned.
    data_tests: [not_null]
---*/

with

skip_features as (

    select * from {{ref 'skip_features'}}

),

training_set as (

    select
        row_id,
        listening_day,
        ended_at,
        is_skipped,
        reason_start,
        is_shuffle,
        platform_family,
        hour_of_day,
        day_of_week,
        was_last_skipped,
        is_same_song,
        is_same_artist,
        is_same_album,
        song_play_count,
        artist_play_count,
        days_since_song,
        song_skip_rate,
        artist_skip_rate,
        album_skip_rate,
        {{#each (list '3' '10' '50' '500') as |plays|}}
        skip_rate_{{plays}}{{#unless @last}},{{/unless}}
        {{/each}}

    from skip_features

    where is_skipped is not null
    and not is_next

)

select * from training_set
