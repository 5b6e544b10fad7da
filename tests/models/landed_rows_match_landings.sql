/*---
description: Every landed file has as many rows in bronze as its landing counted.
severity: error
---*/

with

landings as (

    select * from {{source 'bronze.landings'}}

    where table_name in ('listening_history', 'kaggle_tracks')

),

listening_history as (

    select batch_id from {{source 'bronze.listening_history'}}

),

kaggle_tracks as (

    select batch_id from {{source 'bronze.kaggle_tracks'}}

),

rows_found as (

    select batch_id, count(*) as row_count from listening_history

    group by batch_id

    union all

    select batch_id, count(*) as row_count from kaggle_tracks

    group by batch_id

),

rows_counted as (

    select batch_id, sum(rows_landed) as rows_landed from landings

    group by batch_id

),

mismatches as (

    select
        coalesce(rows_counted.batch_id, rows_found.batch_id) as batch_id,
        rows_counted.rows_landed,
        rows_found.row_count

    from rows_counted

    full join rows_found
        on rows_counted.batch_id = rows_found.batch_id

    where coalesce(rows_counted.rows_landed, -1) != coalesce(rows_found.row_count, 0)

)

select * from mismatches
