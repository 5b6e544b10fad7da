/*---
description: >-
  One row a landed row of an extended history, with the play it tells of. Rows of one track and
  second are copies of one play where their offline moments follow each other within 2 seconds or
  are missing; otherwise they are plays of an offline batch, uploaded at one moment. The copy that
  played longest stands for the play.
columns:
  - name: play_id
    description: The play the row tells of; the same whatever was landed when, and in which batch.
    data_tests: [not_null]
  - name: is_kept
    description: Whether this row stands for the play.
    data_tests: [not_null]
  - name: drop_reason
    description: >-
      Why another row stands for the play. other_file, that row stands in another landed file, of
      this or another export; exact_copy, in the same file, equal in length and offline moment;
      near_copy, in the same file, shorter or with another offline moment. Null for the kept row.
    data_tests:
      - accepted_values: { values: [other_file, exact_copy, near_copy] }
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
  - name: landed_at
    description: When the row was landed, UTC.
---*/

with

listening_history as (

    select * exclude (skipped, context_uri) from {{source 'bronze.listening_history'}}

    where source_kind = 'extended'

),

moments_named as (

    select *, {{> play_moment}} as moment_key from listening_history

),

chains_begun as (

    select
        *,
        offline_at > lag(offline_at) over by_offline_at + interval 2 seconds as begins_chain

    from moments_named

    window by_offline_at as (partition by moment_key order by offline_at nulls last)

),

chains_numbered as (

    select *, count(*) filter (begins_chain) over by_offline_at as chain_number from chains_begun

    window by_offline_at as (partition by moment_key order by offline_at nulls last)

),

chains_completed as (

    -- A row without an offline moment joins the longest play, so that it lengthens no other one.
    select
        * replace (
            if(offline_at is null, first_value(chain_number) over longest_first, chain_number)
                as chain_number
        )

    from chains_numbered

    window longest_first as (
        partition by moment_key
        order by offline_at is null, ms_played desc, chain_number
    )

),

copies_compared as (

    select
        *,
        row_number() over best_first = 1 as is_kept,
        first_value(struct_pack(batch_id, ms_played, offline_at)) over best_first as kept,
        min(offline_at) over (partition by moment_key, chain_number) as first_offline_at

    from chains_completed

    window best_first as (
        partition by moment_key, chain_number
        order by
            ms_played desc, offline_at, reason_end, reason_start, platform, country, track_name,
            artist_name, album_name, shuffle, offline, incognito,
            landed_at, batch_id, file, row_number
    )

),

plays_identified as (

    select
        md5(concat_ws('|', moment_key, date_trunc('second', first_offline_at))) as play_id,
        is_kept,
        case
            when is_kept then null
            when batch_id != kept.batch_id then 'other_file'
            when ms_played = kept.ms_played and offline_at is not distinct from kept.offline_at
                then 'exact_copy'
            else 'near_copy'
        end as drop_reason,
        * exclude (moment_key, begins_chain, chain_number, is_kept, kept, first_offline_at)

    from copies_compared

)

select * from plays_identified
