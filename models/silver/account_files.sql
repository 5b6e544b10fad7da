/*---
description: >-
  One row a landed file of account data, with the file of the same export that it follows. Files of
  one export follow each other in time and share at most the minute in which one ends and the next
  begins, so only there may equal rows of two files be plays of their own. Files that overlap by
  more are of different exports. That holds whatever the files are called and however they landed.
materialized: ephemeral
columns:
  - name: batch_id
    description: The landed file.
  - name: first_ended_at
    description: The minute of its first play, UTC.
  - name: followed_batch_id
    description: The file that ends in the minute in which this one begins; null for most files.
---*/

with

listening_history as (

    select account, batch_id, media_type, ended_at from {{source 'bronze.listening_history'}}

    where source_kind = 'account'

),

files as (

    select
        account,
        batch_id,
        -- Music, podcasts and audiobooks have files of their own, which follow only their like.
        coalesce(max(media_type) filter (where media_type != 'unknown'), 'track') as file_kind,
        min(ended_at) as first_ended_at,
        max(ended_at) as last_ended_at

    from listening_history

    group by account, batch_id

),

files_numbered as (

    select
        *,
        row_number() over (same_first order by last_ended_at desc, batch_id) as number_of_first,
        row_number() over (same_last order by first_ended_at, batch_id) as number_of_last

    from files

    window
        same_first as (partition by account, file_kind, first_ended_at),
        same_last as (partition by account, file_kind, last_ended_at)

),

earlier_files as (

    select * from files_numbered

    where first_ended_at < last_ended_at

),

files_followed as (

    select
        files_numbered.batch_id,
        files_numbered.first_ended_at,
        earlier_files.batch_id as followed_batch_id

    from files_numbered

    left join earlier_files
        on files_numbered.account = earlier_files.account
        and files_numbered.file_kind = earlier_files.file_kind
        and files_numbered.first_ended_at = earlier_files.last_ended_at
        and files_numbered.number_of_first = earlier_files.number_of_last

)

select * from files_followed
