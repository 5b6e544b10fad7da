/*---
description: >-
  One row a landed row of an extended history that shares what was played and the second of its end
  with another row. Such rows are copies of one play where their offline moments follow each other
  within 2 seconds or are missing; otherwise they are plays of an offline batch, uploaded at one
  moment. The copy that played longest stands for the play; among equals what they say decides and
  never which was landed first.
columns:
  - name: batch_id
    description: The landed file that brought the row.
    data_tests: [not_null]
  - name: row_number
    description: Position of the row in its file.
    data_tests: [not_null]
  - name: play_offline_at
    description: Earliest offline moment among the copies of the play, UTC; null where none has one.
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
data_tests:
  - unique: { columns: [batch_id, row_number] }
  - expression: { expression: is_kept = (drop_reason is null) }
---*/

with

listening_history as (

    select *, {{> play_moment}} as moment_key from {{source 'bronze.listening_history'}}

    where source_kind = 'extended'

),

shared_moments as (

    select moment_key from listening_history group by moment_key having count(*) > 1

),

chains_begun as (

    select
        *,
        if(offline_at <= lag(offline_at) over by_offline_at + interval '2' second, null, offline_at)
            as begun_at

    from listening_history

    where moment_key in (select moment_key from shared_moments)

    window by_offline_at as (partition by moment_key order by offline_at nulls last)

),

chains_followed as (

    select
        *,
        max(begun_at) over (partition by moment_key order by offline_at nulls last)
            as chain_begun_at

    from chains_begun

),

chains_completed as (

    -- A row without an offline moment joins the longest play, so that it lengthens no other one.
    select
        *,
        if(offline_at is null, first_value(chain_begun_at) over longest_first, chain_begun_at)
            as play_offline_at

    from chains_followed

    window longest_first as (
        partition by moment_key
        order by offline_at is null, ms_played desc, chain_begun_at
    )

),

copies_ranked as (

    select
        *,
        row_number() over best_first = 1 as is_kept,
        first_value(batch_id) over best_first as kept_batch_id,
        first_value(ms_played) over best_first as kept_ms_played,
        first_value(offline_at) over best_first as kept_offline_at

    from chains_completed

    window best_first as (
        partition by moment_key, play_offline_at
        order by
            ms_played desc, offline_at, reason_end, reason_start, platform, country, track_name,
            artist_name, album_name, episode_name, show_name, audiobook_title, chapter_title,
            shuffle, offline, incognito, batch_id, row_number
    )

),

copies_judged as (

    select
        batch_id,
        row_number,
        play_offline_at,
        is_kept,
        case
            when is_kept then null
            when batch_id != kept_batch_id then 'other_file'
            when ms_played = kept_ms_played and offline_at is not distinct from kept_offline_at
                then 'exact_copy'
            else 'near_copy'
        end as drop_reason

    from copies_ranked

)

select * from copies_judged
