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
            as number_of_equal,
        unnest([-2, -1, 0, 1, 2]) as minutes_apart

    from {{ref 'account_plays'}}

    where is_kept

),

play_copies as (

    select * from {{ref 'play_copies'}}

),

extended_rows as (

    select *, {{> name_key}} as name_key from {{source 'bronze.listening_history'}}

    where source_kind = 'extended'
    and date_trunc('minute', ended_at)
        in (select ended_at + to_minutes(minutes_apart) from account_plays)

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

extended_plays as (

    select
        account,
        name_key,
        date_trunc('minute', ended_at) as ended_minute,
        ms_played,
        {{> extended_play_id}} as play_id,
        row_number() over (partition by account, name_key, ended_minute, ms_played order by play_id)
            as number_of_equal

    from copies_left_out

),

pairs_possible as (

    -- Among equal rows the first goes with the first, so that not all pair with all.
    select
        account_plays.account_play_id,
        extended_plays.play_id,
        row_number() over (
            order by
                abs(account_plays.ms_played - extended_plays.ms_played),
                abs(account_plays.minutes_apart), account_plays.minutes_apart,
                abs(account_plays.number_of_equal - extended_plays.number_of_equal),
                account_plays.account_play_id, extended_plays.play_id
        ) as pair_rank

    from account_plays

    inner join extended_plays
        on account_plays.account = extended_plays.account
        and account_plays.name_key = extended_plays.name_key
        and account_plays.ended_at + to_minutes(account_plays.minutes_apart)
            = extended_plays.ended_minute

    where abs(account_plays.ms_played - extended_plays.ms_played)
        <= greatest(5000, account_plays.ms_played / 10, extended_plays.ms_played / 10)
    and (
        account_plays.minutes_apart != 0
        or account_plays.ms_played != extended_plays.ms_played
        or account_plays.number_of_equal = extended_plays.number_of_equal
    )

)

select * from pairs_possible
