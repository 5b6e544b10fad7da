/*---
description: >-
  One row a landed row of the Web API, with the play it tells of. A poll lands only what is new; a
  play that two polls landed all the same is one.
columns:
  - name: batch_id
    description: The landed poll that brought the row.
    data_tests: [not_null]
  - name: row_number
    description: Position of the row in its poll.
    data_tests: [not_null]
  - name: api_play_id
    description: Key of the play, made of account, track and the millisecond of its end.
    data_tests: [not_null]
  - name: account
    description: Whose listening it is.
    data_tests: [not_null]
  - name: track_id
    description: Spotify's id of the track; null for a file of one's own.
  - name: name_key
    description: Names of what was played, without case, accents and punctuation.
    data_tests: [not_null]
  - name: ended_at
    description: When the play ended, UTC.
    data_tests: [not_null]
  - name: is_kept
    description: Whether this row stands for the play among the polls.
    data_tests: [not_null]
data_tests:
  - unique: { columns: [batch_id, row_number] }
---*/

with

listening_history as (

    select *, {{> name_key}} as name_key from {{source 'bronze.listening_history'}}

    where source_kind = 'api'

),

plays_identified as (

    select
        batch_id,
        row_number,
        {{> md5_begin}}concat_ws(
            '|', 'api', account, coalesce(track_id, name_key),
            cast({{> epoch_milliseconds moment='ended_at'}} as varchar)
        ){{> md5_end}} as api_play_id,
        account,
        track_id,
        name_key,
        ended_at,
        row_number() over (
            partition by account, coalesce(track_id, name_key), ended_at
            order by batch_id, row_number
        ) = 1 as is_kept

    from listening_history

)

select * from plays_identified
