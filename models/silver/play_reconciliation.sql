/*---
description: >-
  One row a landed file of listening: rows in equal plays kept plus copies dropped, by reason. That
  the sum holds is tested, with rows in counted in bronze and plays kept counted in plays.
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
    description: Rows dropped because another landed file holds the play.
    data_tests: [not_null]
data_tests:
  - expression:
      expression: rows_in = plays_kept + exact_copies + near_copies + other_file_copies
---*/

with

listening_history as (

    select * from {{source 'bronze.listening_history'}}

    where source_kind = 'extended'

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
        count(*) filter (drop_reason = 'exact_copy') as exact_copies,
        count(*) filter (drop_reason = 'near_copy') as near_copies,
        count(*) filter (drop_reason = 'other_file') as other_file_copies

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
        coalesce(drops_counted.other_file_copies, 0) as other_file_copies

    from rows_counted

    left join plays_counted
        on rows_counted.batch_id = plays_counted.batch_id

    left join drops_counted
        on rows_counted.batch_id = drops_counted.batch_id

)

select * from files_reconciled
