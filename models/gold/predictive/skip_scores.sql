/*---
description: >-
  One row a play of a track that an extended history tells of, with how probable its skip was before
  it began, and one a song for its next play, when it begins as the track before is done, without
  shuffle.
materialized: predictions
scored_by: skip_classification
columns:
  - name: row_id
    description: The play, or for a song's next play the song.
    data_tests: [unique, not_null]
  - name: is_next
    description: Whether it is a song's next play.
  - name: song_id
    description: The song.
  - name: listening_day
    description: Day of the end, UTC, as text.
  - name: ended_at
    description: End as the source has it, UTC; of a next play a day after the newest.
  - name: is_skipped
    description: Whether it was skipped; null where that is not known.
  - name: reason_start
    description: Why it began.
  - name: is_shuffle
    description: Whether shuffle was on.
  - name: platform_family
    description: Kind of player.
  - name: hour_of_day
    description: Local hour, 0 to 23; null for a next play.
  - name: day_of_week
    description: Local day, 1 = Sunday to 7 = Saturday; null for a next play.
  - name: was_last_skipped
    description: Whether the play before was skipped.
  - name: is_same_song
    description: Whether the play before was of the same song.
  - name: is_same_artist
    description: Whether it was of the same artist.
  - name: is_same_album
    description: Whether it was of the same album.
  - name: song_play_count
    description: Plays of the song before, of any length.
  - name: artist_play_count
    description: Plays of the artist before.
  - name: days_since_song
    description: Days since the song was last played; null when it was not.
  - name: song_skip_rate
    description: Share skipped of the song's plays before of which it is known; null without any.
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
  - name: prediction
    description: true where a skip is the more probable.
  - name: probabilities
    description: Probability of false and true, as a map; of a play that was trained on by a model that had not seen its day.
  - name: is_holdout
    description: Whether the play is among the newest, by which the version was judged.
  - name: model_version
    description: Version of the model; null without a champion.
---*/

with

skip_features as (

    select * from {{ref 'skip_features'}}

)

select * from skip_features
