/*---
description: >-
  One row a play of the Web API that an export tells of too: one track, ends at most 90 seconds
  apart. A play is matched once, the pair closest in time first.
columns:
  - name: api_play_id
    description: The play of the Web API.
    data_tests: [unique, not_null]
  - name: play_id
    description: The play of the export.
    data_tests: [unique, not_null]
---*/

with recursive

api_match_candidates (api_play_id, play_id, pair_rank) as (

    select * from {{ref 'api_match_candidates'}}

),

pairs_judged (api_play_id, play_id, pair_rank, is_best) as (

    {{> closest_pairs candidates='api_match_candidates' weak='api_play_id' strong='play_id'}}

),

pairs_chosen (api_play_id, play_id) as (

    select api_play_id, play_id from pairs_judged

    where is_best

)

select * from pairs_chosen
