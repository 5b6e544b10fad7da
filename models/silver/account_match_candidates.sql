/*---
description: >-
  One row a play of account data and a play of an extended history that may be the same: equal
  names, ends at most 2 minutes apart, lengths within 5 seconds or a tenth of each other. A play may
  stand in several rows; account_matches chooses.
materialized: ephemeral
columns:
  - name: account_play_id
    description: The play of the account data.
  - name: play_id
    description: The play of the extended history.
  - name: pair_rank
    description: Rank among all pairs, from 1, the closest in length first, then in time.
---*/

with

account_plays as (

    select
        *,
        row_number() over (partition by account, name_key, ended_at, ms_played order by play_number)
            as number_of_equal

    from {{ref 'account_plays'}}

    where is_kept

),

minutes_tried as (

    select account_plays.*, minutes.minutes_apart from account_plays

    cross join unnest(array[-2, -1, 0, 1, 2]) as minutes (minutes_apart)

),

play_copies as (

    select * from {{ref 'play_copies'}}

),

extended_rows as (

    select *, {{> name_key}} as name_key from {{source 'bronze.listening_history'}}

    where source_kind = 'extended'
    and date_trunc('minute', ended_at)
        in (select ended_at + interval '1' minute * minutes_apart from minutes_tried)

),

copies_left_out as (

    select
        extended_rows.*,
        if(
            play_copies.batch_id is null,
            extended_rows.offline_at,
            play_copies.play_offline_at
        ) as play_offline_at

    from extended_rows

    left join play_copies
        on extended_rows.batch_id = play_copies.batch_id
        and extended_rows.row_number = play_copies.row_number

    where coalesce(play_copies.is_kept, true)

),

plays_identified as (

    select
        account,
        name_key,
        date_trunc('minute', ended_at) as ended_minute,
        ms_played,
        {{> extended_play_id}} as play_id

    from copies_left_out

),

extended_plays as (

    select
        *,
        row_number() over (partition by account, name_key, ended_minute, ms_played order by play_id)
            as number_of_equal

    from plays_identified

),

pairs_possible as (

    -- Among equal rows the first goes with the first, so that not all pair with all.
    select
        minutes_tried.account_play_id,
        extended_plays.play_id,
        row_number() over (
            order by
                abs(minutes_tried.ms_played - extended_plays.ms_played),
                abs(minutes_tried.minutes_apart), minutes_tried.minutes_apart,
                abs(minutes_tried.number_of_equal - extended_plays.number_of_equal),
                minutes_tried.account_play_id, extended_plays.play_id
        ) as pair_rank

    from minutes_tried

    inner join extended_plays
        on minutes_tried.account = extended_plays.account
        and minutes_tried.name_key = extended_plays.name_key
        and minutes_tried.ended_at + interval '1' minute * minutes_tried.minutes_apart
            = extended_plays.ended_minute

    where abs(minutes_tried.ms_played - extended_plays.ms_played)
        <= greatest(5000, minutes_tried.ms_played / 10e0, extended_plays.ms_played / 10e0)
    and (
        minutes_tried.minutes_apart != 0
        or minutes_tried.ms_played != extended_plays.ms_played
        or minutes_tried.number_of_equal = extended_plays.number_of_equal
    )

)

select * from pairs_possible
