/*---
description: >-
  One row a play of account data that an extended history tells of too: equal names, ends at most 2
  minutes apart, lengths within 5 seconds or a tenth of each other. A play is matched once: the pair
  closest in length goes first, then the closest in time, until no two that are left match.
columns:
  - name: account_play_id
    description: The play of the account data.
    data_tests: [unique, not_null]
  - name: play_id
    description: The play of the extended history.
    data_tests: [unique, not_null]
---*/

with recursive

account_match_candidates as (

    select * from {{ref 'account_match_candidates'}}

),

pairs_judged as (

    -- A round takes every pair that is the best of both its plays; the next judges what that leaves.
    select
        *,
        pair_rank = min(pair_rank) over (partition by account_play_id)
            and pair_rank = min(pair_rank) over (partition by play_id) as is_best

    from account_match_candidates

    union all

    select
        account_play_id,
        play_id,
        pair_rank,
        pair_rank = min(pair_rank) over (partition by account_play_id)
            and pair_rank = min(pair_rank) over (partition by play_id) as is_best

    from (
        select
            *,
            bool_or(is_best) over (partition by account_play_id) as is_account_play_taken,
            bool_or(is_best) over (partition by play_id) as is_play_taken

        from pairs_judged
    )

    where not is_account_play_taken
    and not is_play_taken

),

pairs_chosen as (

    select account_play_id, play_id from pairs_judged

    where is_best

)

select * from pairs_chosen
