/*---
description: >-
  Over all landed files, the rows of bronze are the plays kept plus the rows dropped; no file is
  missing in the reconciliation and no play stands for rows of none.
severity: error
---*/

with

listening_history as (

    select * from {{source 'bronze.listening_history'}}

),

plays as (

    select * from {{ref 'plays'}}

),

play_reconciliation as (

    select * from {{ref 'play_reconciliation'}}

),

totals as (

    select
        (select count(*) from listening_history) as rows_landed,
        (select count(*) from plays) as plays_found,
        coalesce(sum(rows_in), 0) as rows_in,
        coalesce(sum(plays_kept), 0) as plays_kept,
        coalesce(sum(exact_copies + near_copies + other_file_copies), 0) as copies_dropped,
        coalesce(sum(overlapping_account_rows + rows_covered_by_extended), 0)
        + coalesce(sum(repeated_poll_rows + rows_covered_by_export), 0) as rows_covered

    from play_reconciliation

),

mismatches as (

    select * from totals

    where rows_landed != rows_in
    or plays_found != plays_kept
    or rows_in != plays_kept + copies_dropped + rows_covered

)

select * from mismatches
