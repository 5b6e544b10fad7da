/*---
description: >-
  One row a landed row of account data, with the play it tells of. Rows that are equal in names and
  minute are plays of their own inside one export. Between exports they are compared as multisets:
  the longest of each is the same play, then the second longest, so that as many are kept as the
  export with most of them has. What one export is, account_files says.
columns:
  - name: batch_id
    description: The landed file that brought the row.
    data_tests: [not_null]
  - name: row_number
    description: Position of the row in its file.
    data_tests: [not_null]
  - name: account_play_id
    description: Key of the play, made of account, names, minute and play_number.
    data_tests: [not_null]
  - name: account
    description: Whose listening it is.
    data_tests: [not_null]
  - name: name_key
    description: Names of what was played, without case, accents and punctuation.
    data_tests: [not_null]
  - name: ended_at
    description: The minute in which the play ended, UTC.
    data_tests: [not_null]
  - name: ms_played
    description: Milliseconds played.
  - name: play_number
    description: Place among the equal rows of its export, from 1, the longest first.
    data_tests:
      - range: { min: 1 }
  - name: is_kept
    description: Whether this row stands for the play among the exports of account data.
    data_tests: [not_null]
data_tests:
  - unique: { columns: [batch_id, row_number] }
---*/

with

account_rows as (

    select *, {{> name_key}} as name_key from {{source 'bronze.listening_history'}}

    where source_kind = 'account'

),

account_files as (

    select * from {{ref 'account_files'}}

),

rows_numbered as (

    select
        account_rows.*,
        {{> second_text moment='account_rows.ended_at'}} as ended_at_text,
        row_number() over (
            partition by
                account_rows.account, account_rows.name_key, account_rows.ended_at,
                if(
                    account_rows.ended_at = account_files.first_ended_at,
                    coalesce(account_files.followed_batch_id, account_files.batch_id),
                    account_files.batch_id
                )
            order by account_rows.ms_played desc, account_rows.batch_id, account_rows.row_number
        ) as play_number

    from account_rows

    inner join account_files
        on account_rows.batch_id = account_files.batch_id

),

plays_identified as (

    select
        batch_id,
        row_number,
        {{> md5_begin}}concat_ws(
            '|', 'account', account, name_key, ended_at_text, cast(play_number as varchar)
        ){{> md5_end}} as account_play_id,
        account,
        name_key,
        ended_at,
        ms_played,
        play_number,
        row_number() over (
            partition by account, name_key, ended_at, play_number
            order by
                ms_played desc, media_type, track_name, artist_name, episode_name, show_name,
                audiobook_title, chapter_title, batch_id, row_number
        ) = 1 as is_kept

    from rows_numbered

)

select * from plays_identified
