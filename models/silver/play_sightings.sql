/*---
description: >-
  One row a landed row of listening, with the play it tells of. Equal plays of several account
  exports count once; one that an extended history has too is that play, and so is one of the Web API
  that any export has.
columns:
  - name: play_id
    description: The play the row tells of; the same whatever was landed when, and in which batch.
    data_tests: [not_null]
  - name: is_kept
    description: Whether this row stands for the play.
    data_tests: [not_null]
  - name: drop_reason
    description: >-
      Why another row stands for the play: other_file, exact_copy or near_copy as play_copies has
      it; overlapping_account, another row of account data; covered_by_extended, a row of an
      extended history; repeated_poll, a row of another poll; covered_by_export, a row of an export.
      Null for the kept row.
    data_tests:
      - accepted_values:
          values:
            - other_file
            - exact_copy
            - near_copy
            - overlapping_account
            - covered_by_extended
            - repeated_poll
            - covered_by_export
  - name: account
    description: Whose listening it is.
  - name: source_kind
    description: Kind of source the row came from.
  - name: batch_id
    description: The landed file that brought the row.
  - name: file
    description: File the row stood in.
  - name: row_number
    description: Position of the row in its file.
  - name: ended_at
    description: When the play ended, UTC; for an offline batch the moment of its upload, in account data the minute.
  - name: ms_played
    description: Milliseconds played.
  - name: media_type
    description: track, episode, audiobook or unknown.
  - name: track_id
    description: Spotify's id of the track.
  - name: track_name
    description: Title of the track.
  - name: artist_name
    description: Artist of the track's album.
  - name: album_name
    description: Album of the track.
  - name: episode_id
    description: Spotify's id of the podcast episode.
  - name: episode_name
    description: Title of the podcast episode.
  - name: show_name
    description: Podcast the episode belongs to.
  - name: audiobook_id
    description: Spotify's id of the audiobook.
  - name: audiobook_title
    description: Title of the audiobook.
  - name: chapter_id
    description: Spotify's id of the audiobook's chapter.
  - name: chapter_title
    description: Title of the audiobook's chapter.
  - name: author_name
    description: Author of the audiobook; only account data tells it.
  - name: platform
    description: Device and system as Spotify names them.
  - name: country
    description: Two letters of the country; ZZ where unknown.
  - name: reason_start
    description: Why the play began.
  - name: reason_end
    description: Why the play ended.
  - name: shuffle
    description: Whether shuffle was on.
  - name: offline
    description: Whether the device was offline.
  - name: offline_at
    description: The row's offline moment, UTC; mostly the start of the play.
  - name: incognito
    description: Whether it was a private session.
data_tests:
  - unique: { columns: [batch_id, row_number] }
---*/

with

listening_history as (

    select * from {{source 'bronze.listening_history'}}

),

play_copies as (

    select * from {{ref 'play_copies'}}

),

account_plays as (

    select * from {{ref 'account_plays'}}

),

account_matches as (

    select * from {{ref 'account_matches'}}

),

api_plays as (

    select * from {{ref 'api_plays'}}

),

api_matches as (

    select * from {{ref 'api_matches'}}

),

copies_marked as (

    select
        listening_history.*,
        coalesce(
            play_copies.is_kept,
            account_plays.is_kept and account_matches.play_id is null,
            api_plays.is_kept and api_matches.play_id is null,
            true
        ) as is_kept,
        case
            when not account_plays.is_kept then 'overlapping_account'
            when account_matches.play_id is not null then 'covered_by_extended'
            when not api_plays.is_kept then 'repeated_poll'
            when api_matches.play_id is not null then 'covered_by_export'
            else play_copies.drop_reason
        end as drop_reason,
        coalesce(
            account_matches.play_id, account_plays.account_play_id,
            api_matches.play_id, api_plays.api_play_id
        ) as told_play_id,
        if(
            play_copies.batch_id is null,
            listening_history.offline_at,
            play_copies.play_offline_at
        ) as play_offline_at

    from listening_history

    left join play_copies
        on listening_history.batch_id = play_copies.batch_id
        and listening_history.row_number = play_copies.row_number

    left join account_plays
        on listening_history.batch_id = account_plays.batch_id
        and listening_history.row_number = account_plays.row_number

    left join account_matches
        on account_plays.account_play_id = account_matches.account_play_id

    left join api_plays
        on listening_history.batch_id = api_plays.batch_id
        and listening_history.row_number = api_plays.row_number

    left join api_matches
        on api_plays.api_play_id = api_matches.api_play_id

),

plays_identified as (

    select
        coalesce(told_play_id, {{> extended_play_id}}) as play_id,
        is_kept,
        drop_reason,
        account,
        source_kind,
        batch_id,
        file,
        row_number,
        ended_at,
        ms_played,
        media_type,
        track_id,
        track_name,
        artist_name,
        album_name,
        episode_id,
        episode_name,
        show_name,
        audiobook_id,
        audiobook_title,
        chapter_id,
        chapter_title,
        author_name,
        platform,
        country,
        reason_start,
        reason_end,
        shuffle,
        offline,
        offline_at,
        incognito

    from copies_marked

)

select * from plays_identified
