/*---
description: >-
  One row a real play of anything: track, episode, audiobook chapter or unknown. Its copies, in the
  same or another export, are left out and counted in play_reconciliation. Which row stands for a
  play and its key depend on what was landed, never on when or in which order.
columns:
  - name: play_id
    description: >-
      Stable key of the play, made of account, what was played, end and offline moment; of a play
      that only account data tells of, made of its names, minute and number among equal ones.
    data_tests: [unique, not_null]
  - name: account
    description: Whose listening it is.
    data_tests: [not_null]
  - name: source_kind
    description: Kind of source that told of the play.
    data_tests: [not_null]
  - name: batch_id
    description: The landed file whose row stands for the play.
    data_tests: [not_null]
  - name: media_type
    description: track, episode, audiobook or unknown.
    data_tests:
      - accepted_values: { values: [track, episode, audiobook, unknown] }
  - name: song_id
    description: Song of the track, its versions together; null for anything else.
    data_tests:
      - relationships: { to: songs, field: song_id }
  - name: track_id
    description: >-
      Spotify's id of the track; null for anything else, for files of one's own and in account data.
    data_tests:
      - relationships: { to: tracks, field: track_id }
  - name: track_name
    description: Title of the track at its latest sighting.
  - name: artist_name
    description: Artist of the track's album at its latest sighting.
  - name: artist_key
    description: That artist without case, accents and punctuation.
  - name: album_name
    description: Album of the track at its latest sighting.
  - name: episode_id
    description: Spotify's id of the podcast episode; null for anything else and in account data.
  - name: episode_name
    description: Title of the podcast episode.
  - name: show_name
    description: Podcast the episode belongs to.
  - name: audiobook_id
    description: Spotify's id of the audiobook; null for anything else and in account data.
  - name: audiobook_title
    description: Title of the audiobook.
  - name: chapter_id
    description: Spotify's id of the audiobook's chapter; null for anything else and in account data.
  - name: chapter_title
    description: Title of the audiobook's chapter.
  - name: author_name
    description: Author of the audiobook; only account data tells it.
  - name: is_estimated
    description: Whether the start is reckoned from the track's length, as in the Web API.
    data_tests: [not_null]
  - name: started_at
    description: >-
      When the play began, UTC. Online, its end less what was played, but not before the play before
      had ended. In an offline batch the offline moment where that is sane.
    data_tests: [not_null]
  - name: stopped_at
    description: When the music stopped, UTC. Online its end, in an offline batch start plus length.
    data_tests: [not_null]
  - name: ended_at
    description: >-
      The end as the source has it, UTC; for an offline batch the moment of its upload, in account
      data the minute.
    data_tests: [not_null]
  - name: ms_played
    description: Milliseconds played.
  - name: is_stream
    description: Whether it played at least min_ms_played; true where the source has no length.
    data_tests: [not_null]
  - name: is_skipped
    description: >-
      Whether a track was skipped: its reason_end is in seed skip_reasons and it fell short of the
      track's end. False where anything ended by itself, null where the reason does not tell.
  - name: is_private
    description: Whether it was a private session; false where the source does not tell.
    data_tests: [not_null]
  - name: is_shuffle
    description: Whether shuffle was on.
  - name: is_offline_batch
    description: Whether it was played offline or uploaded with others at one moment.
    data_tests: [not_null]
  - name: platform
    description: Device and system as Spotify names them.
  - name: country
    description: Two letters of the country; ZZ where unknown.
  - name: reason_start
    description: Why the play began.
  - name: reason_end
    description: Why the play ended.
---*/

with

play_sightings as (

    select * from {{ref 'play_sightings'}}

    where is_kept

),

play_times as (

    select * from {{ref 'play_times'}}

),

tracks as (

    select * from {{ref 'tracks'}}

),

skip_reasons as (

    select * from {{ref 'skip_reasons'}}

),

plays_by_name as (

    select * from {{ref 'plays_by_name'}}

),

plays_described as (

    select
        play_sightings.play_id,
        play_sightings.account,
        play_sightings.source_kind,
        play_sightings.batch_id,
        play_sightings.media_type,
        coalesce(tracks.song_id, plays_by_name.song_id) as song_id,
        play_sightings.track_id,
        coalesce(tracks.track_name, play_sightings.track_name) as track_name,
        coalesce(tracks.artist_name, play_sightings.artist_name) as artist_name,
        coalesce(tracks.artist_key, plays_by_name.artist_key) as artist_key,
        coalesce(tracks.album_name, play_sightings.album_name) as album_name,
        play_sightings.episode_id,
        play_sightings.episode_name,
        play_sightings.show_name,
        play_sightings.audiobook_id,
        play_sightings.audiobook_title,
        play_sightings.chapter_id,
        play_sightings.chapter_title,
        play_sightings.author_name,
        play_sightings.source_kind = 'api' as is_estimated,
        play_times.started_at,
        play_times.stopped_at,
        play_sightings.ended_at,
        play_sightings.ms_played,
        coalesce(play_sightings.ms_played >= {{lit (var 'min_ms_played')}}, true) as is_stream,
        case
            when play_sightings.reason_end = 'trackdone' then false
            when play_sightings.media_type != 'track' then null
            when skip_reasons.reason_end is not null then coalesce(
                play_sightings.ms_played < tracks.duration_ms * skip_reasons.finished_share,
                true
            )
        end as is_skipped,
        coalesce(play_sightings.incognito, false) as is_private,
        play_sightings.shuffle as is_shuffle,
        play_times.is_offline_batch,
        play_sightings.platform,
        play_sightings.country,
        play_sightings.reason_start,
        play_sightings.reason_end

    from play_sightings

    inner join play_times
        on play_sightings.play_id = play_times.play_id

    left join tracks
        on play_sightings.track_id = tracks.track_id

    left join plays_by_name
        on play_sightings.play_id = plays_by_name.play_id

    left join skip_reasons
        on play_sightings.reason_end = skip_reasons.reason_end

)

select * from plays_described
