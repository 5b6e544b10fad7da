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

account_match_candidates (account_play_id, play_id, pair_rank) as (

    select * from {{ref 'account_match_candidates'}}

),

pairs_judged (account_play_id, play_id, pair_rank, is_best) as (

    {{> closest_pairs candidates='account_match_candidates' weak='account_play_id' strong='play_id'}}

),

pairs_chosen (account_play_id, play_id) as (

    select account_play_id, play_id from pairs_judged

    where is_best

)

select * from pairs_chosen
