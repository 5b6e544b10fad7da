/*---
description: One row a landed row of an extended history, with the play it tells of.
columns:
  - name: play_id
    description: The play the row tells of; the same whatever was landed when, and in which batch.
    data_tests: [not_null]
  - name: is_kept
    description: Whether this row stands for the play.
    data_tests: [not_null]
  - name: drop_reason
    description: Why another row stands for the play, as play_copies has it; null for the kept row.
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
    description: When the play ended, UTC; for an offline batch the moment of its upload.
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

    select * exclude (skipped, context_uri, landed_at) from {{source 'bronze.listening_history'}}

    where source_kind = 'extended'

),

play_copies as (

    select * from {{ref 'play_copies'}}

),

copies_marked as (

    select
        listening_history.*,
        coalesce(play_copies.is_kept, true) as is_kept,
        play_copies.drop_reason,
        if(
            play_copies.batch_id is null,
            listening_history.offline_at,
            play_copies.play_offline_at
        ) as play_offline_at

    from listening_history

    left join play_copies
        on listening_history.batch_id = play_copies.batch_id
        and listening_history.row_number = play_copies.row_number

),

plays_identified as (

    -- The offline moment counts in whole seconds, since exports differ in giving its milliseconds.
    select
        md5(concat_ws('|', {{> play_moment}}, date_trunc('second', play_offline_at))) as play_id,
        is_kept,
        drop_reason,
        * exclude (is_kept, drop_reason, play_offline_at)

    from copies_marked

)

select * from plays_identified
