/*---
description: >-
  One row a landed file of listening: rows in equal plays kept plus rows dropped, by reason. That
  the sum holds is tested, with rows in counted in bronze and plays kept counted in plays. A row has
  one reason: one that is in another account export too is not counted again as covered.
columns:
  - name: source_kind
    description: Kind of source.
    data_tests: [not_null]
  - name: batch_id
    description: The landed file.
    data_tests: [unique, not_null]
  - name: file
    description: Its base name.
    data_tests: [not_null]
  - name: rows_in
    description: Rows landed.
    data_tests: [not_null]
  - name: plays_kept
    description: Rows that stand for a play.
    data_tests: [not_null]
  - name: exact_copies
    description: Rows dropped because the file holds the play again, equally long and dated.
    data_tests: [not_null]
  - name: near_copies
    description: Rows dropped because the file holds the play longer, or dated otherwise.
    data_tests: [not_null]
  - name: other_file_copies
    description: Rows dropped because another landed file of extended history holds the play.
    data_tests: [not_null]
  - name: overlapping_account_rows
    description: Rows of account data dropped because another account export holds the play.
    data_tests: [not_null]
  - name: rows_covered_by_extended
    description: Rows of account data dropped because an extended history holds the play.
    data_tests: [not_null]
  - name: repeated_poll_rows
    description: Rows of the Web API dropped because another poll holds the play.
    data_tests: [not_null]
  - name: rows_covered_by_export
    description: Rows of the Web API dropped because an export holds the play.
    data_tests: [not_null]
data_tests:
  - expression:
      expression: >-
        rows_in = plays_kept + exact_copies + near_copies + other_file_copies
        + overlapping_account_rows + rows_covered_by_extended + repeated_poll_rows
        + rows_covered_by_export
---*/

with

listening_history as (

    select * from {{source 'bronze.listening_history'}}

),

play_sightings as (

    select * from {{ref 'play_sightings'}}

),

plays as (

    select * from {{ref 'plays'}}

),

rows_counted as (

    select source_kind, batch_id, min(file) as file, count(*) as rows_in from listening_history

    group by source_kind, batch_id

),

plays_counted as (

    select batch_id, count(*) as plays_kept from plays

    group by batch_id

),

drops_counted as (

    select
        batch_id,
        count(*) filter (where drop_reason = 'exact_copy') as exact_copies,
        count(*) filter (where drop_reason = 'near_copy') as near_copies,
        count(*) filter (where drop_reason = 'other_file') as other_file_copies,
        count(*) filter (where drop_reason = 'overlapping_account') as overlapping_account_rows,
        count(*) filter (where drop_reason = 'covered_by_extended') as rows_covered_by_extended,
        count(*) filter (where drop_reason = 'repeated_poll') as repeated_poll_rows,
        count(*) filter (where drop_reason = 'covered_by_export') as rows_covered_by_export

    from play_sightings

    group by batch_id

),

files_reconciled as (

    select
        rows_counted.source_kind,
        rows_counted.batch_id,
        rows_counted.file,
        rows_counted.rows_in,
        coalesce(plays_counted.plays_kept, 0) as plays_kept,
        coalesce(drops_counted.exact_copies, 0) as exact_copies,
        coalesce(drops_counted.near_copies, 0) as near_copies,
        coalesce(drops_counted.other_file_copies, 0) as other_file_copies,
        coalesce(drops_counted.overlapping_account_rows, 0) as overlapping_account_rows,
        coalesce(drops_counted.rows_covered_by_extended, 0) as rows_covered_by_extended,
        coalesce(drops_counted.repeated_poll_rows, 0) as repeated_poll_rows,
        coalesce(drops_counted.rows_covered_by_export, 0) as rows_covered_by_export

    from rows_counted

    left join plays_counted
        on rows_counted.batch_id = plays_counted.batch_id

    left join drops_counted
        on rows_counted.batch_id = drops_counted.batch_id

)

select * from files_reconciled
