/*---
description: >-
  One row a time of which plays may have come and gone unseen: a poll of the Web API brought all the
  50 plays that Spotify keeps, and none that was known.
columns:
  - name: batch_id
    description: The landed poll that found it.
    data_tests: [not_null]
  - name: gap_from
    description: End of the last play known before, UTC.
    data_tests: [not_null]
  - name: gap_to
    description: End of the oldest play that the poll brought, UTC.
    data_tests: [not_null]
data_tests:
  - unique: { columns: [batch_id, gap_from] }
  - expression: { expression: gap_from <= gap_to }
---*/

with

landings as (

    select batch_id, gaps from {{source 'bronze.landings'}}

    where source_kind = 'api'

),

gaps_listed as (

    select landings.batch_id, gaps_of_poll.gap from landings

    cross join unnest({{> json_list of='landings.gaps'}}) as gaps_of_poll (gap)

),

gaps_read as (

    select
        batch_id,
        {{> json_moment of='gap' field='from'}} as gap_from,
        {{> json_moment of='gap' field='to'}} as gap_to

    from gaps_listed

)

select * from gaps_read
