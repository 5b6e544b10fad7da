/*---
description: >-
  One row a play of the Web API and a play of an export that may be the same: one track, by id or by
  names, and ends at most 90 seconds apart. Account data tells the minute of the end, an offline
  batch the moment of its upload, so there the moment in the middle of the minute and the end of the
  offline play count. A play may stand in several rows; api_matches chooses.
materialized: ephemeral
columns:
  - name: api_play_id
    description: The play of the Web API.
  - name: play_id
    description: The play of the export.
  - name: pair_rank
    description: Rank among all pairs, from 1, the closest in time first.
---*/

with

api_plays as (

    select * from {{ref 'api_plays'}}

    where is_kept

),

play_copies as (

    select * from {{ref 'play_copies'}}

),

account_plays as (

    select * from {{ref 'account_plays'}}

    where is_kept
    and account_play_id not in (select account_play_id from {{ref 'account_matches'}})

),

extended_rows as (

    select *, {{> name_key}} as name_key from {{source 'bronze.listening_history'}}

    where source_kind = 'extended'
    and media_type = 'track'
    and ended_at >= (select min(ended_at) - interval '1' day from api_plays)

),

copies_left_out as (

    select
        extended_rows.*,
        if(play_copies.batch_id is null, extended_rows.offline_at, play_copies.play_offline_at)
            as play_offline_at

    from extended_rows

    left join play_copies
        on extended_rows.batch_id = play_copies.batch_id
        and extended_rows.row_number = play_copies.row_number

    where coalesce(play_copies.is_kept, true)

),

plays_of_exports as (

    select
        account,
        track_id,
        name_key,
        {{> extended_play_id}} as play_id,
        ends.possible_end as ended_at

    from copies_left_out

    cross join unnest(array[
        ended_at, if(offline, offline_at + interval '0.001' second * ms_played, null)
    ]) as ends (possible_end)

    union all

    select account, null, name_key, account_play_id, ended_at + interval '30' second
    from account_plays

),

pairs_possible as (

    {{#each (list 'track_id' 'name_key') as |key|}}
    select
        api_plays.api_play_id,
        plays_of_exports.play_id,
        abs(
            {{> epoch_milliseconds moment='api_plays.ended_at'}}
            - {{> epoch_milliseconds moment='plays_of_exports.ended_at'}}
        ) as ms_apart

    from api_plays

    inner join plays_of_exports
        on api_plays.account = plays_of_exports.account
        and api_plays.{{key}} = plays_of_exports.{{key}}
        and api_plays.ended_at
            between plays_of_exports.ended_at - interval '90' second
            and plays_of_exports.ended_at + interval '90' second

    {{#unless @last}}union all{{/unless}}

    {{/each}}
),

pairs_ranked as (

    select
        api_play_id,
        play_id,
        row_number() over (order by min(ms_apart), api_play_id, play_id) as pair_rank

    from pairs_possible

    group by api_play_id, play_id

)

select * from pairs_ranked
