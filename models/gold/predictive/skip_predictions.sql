/*---
description: >-
  One row a play of a track that an extended history tells of, with how probable it was, before it
  began, that it would be skipped. Plays of account data and of the Web API are not in it: they do
  not tell how they began. Empty until a model is trained.
columns:
  - name: play_id
    description: The play.
    data_tests:
      - unique
      - not_null
      - relationships: { to: plays, field: play_id }
  - name: is_skipped
    description: Whether it was skipped; null where that is not known.
  - name: skip_probability
    description: >-
      Probability of a skip, 0 to 1; of a play that was trained on by a model that had not seen its
      day.
    data_tests:
      - not_null
      - range: { min: 0, max: 1 }
  - name: is_skip_predicted
    description: Whether a skip was the more probable.
    data_tests: [not_null]
  - name: is_holdout
    description: Whether the play is among the newest, by which the version was judged.
    data_tests: [not_null]
  - name: model_version
    description: Version of skip_classification that predicts.
    data_tests: [not_null]
---*/

with

skip_scores as (

    select * from {{ref 'skip_scores'}}

    where not is_next
    and prediction is not null

),

skips_predicted as (

    select
        row_id as play_id,
        is_skipped,
        round(probabilities['true'], 4) as skip_probability,
        prediction = 'true' as is_skip_predicted,
        is_holdout,
        model_version

    from skip_scores

)

select * from skips_predicted
