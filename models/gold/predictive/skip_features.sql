/*---
description: >-
  One row a play of a track that an extended history tells of, and one a song for its next play, with
  what was known before it began: how it was started, and what had been skipped until then. Nothing is
  built on its start, which silver infers from its length, so that a skip cannot give itself away.
  Plays that ended at one moment, as in an offline batch, tell nothing of each other.
columns:
  - name: row_id
    description: The play, or for a song's next play the song.
    data_tests: [unique, not_null]
  - name: is_next
    description: Whether it is a song's next play.
    data_tests: [not_null]
  - name: song_id
    description: The song.
    data_tests: [not_null]
  - name: listening_day
    description: Day of the end, UTC, as text; days are never in two folds.
    data_tests: [not_null]
  - name: ended_at
    description: End as the source has it, UTC; of a next play a day after the newest.
    data_tests: [not_null]
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
---*/

with

skip_moments as (

    select * from {{ref 'skip_moments'}}

),

moments_compared as (

    select
        coalesce(play_id, song_id) as row_id,
        is_next,
        song_id,
        cast(cast(ended_at as date) as varchar) as listening_day,
        ended_at,
        is_skipped,
        reason_start,
        is_shuffle,
        platform_family,
        hour_of_day,
        day_of_week,
        max_by(is_skipped, if(is_skipped is null, null, row(ended_at, play_id)))
            over before_3 as was_last_skipped,
        song_id = max_by(song_id, play_id) over before_1 as is_same_song,
        artist_key = max_by(artist_key, if(artist_key is null, null, play_id))
            over before_1 as is_same_artist,
        album_name = max_by(album_name, if(album_name is null, null, play_id))
            over before_1 as is_same_album,
        count(play_id) over song_before as song_play_count,
        count(play_id) over artist_before as artist_play_count,
        extract(
            day from date_trunc('day', ended_at) - date_trunc('day', max(ended_at) over song_before)
        ) as days_since_song,
        avg(cast(is_skipped as integer)) over song_before as song_skip_rate,
        avg(cast(is_skipped as integer)) over artist_before as artist_skip_rate,
        avg(cast(is_skipped as integer)) over album_before as album_skip_rate,
        {{#each (list '3' '10' '50' '500') as |plays|}}
        avg(cast(is_skipped as integer)) over before_{{plays}} as skip_rate_{{plays}}{{#unless @last}},{{/unless}}
        {{/each}}

    from skip_moments

    window
        {{#each (list '1' '3' '10' '50' '500') as |plays|}}
        before_{{plays}} as (
            order by ended_at
            groups between {{plays}} preceding and 1 preceding
        ),
        {{/each}}
        song_before as (
            partition by song_id
            order by ended_at
            groups between unbounded preceding and 1 preceding
        ),
        artist_before as (
            partition by artist_key
            order by ended_at
            groups between unbounded preceding and 1 preceding
        ),
        album_before as (
            partition by artist_key, album_name
            order by ended_at
            groups between unbounded preceding and 1 preceding
        )

)

select * from moments_compared
