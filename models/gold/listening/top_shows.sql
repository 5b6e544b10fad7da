/*---
description: >-
  One row a podcast or audiobook, with what was played of it: plays of at least min_ms_played,
  outside private sessions and seed exclusions. Ranked by minutes, then by plays, the latest play
  and the name. Plays whose source names no show stand together in one row without name and rank.
columns:
  - name: media_type
    description: episode for a podcast, audiobook.
    data_tests:
      - not_null
      - accepted_values: { values: [episode, audiobook] }
  - name: show_name
    description: Podcast or title of the audiobook, in its most frequent spelling.
  - name: author_name
    description: Author of the audiobook in the most frequent spelling; only account data tells it.
  - name: play_count
    description: Plays of at least min_ms_played.
    data_tests:
      - range: { min: 1 }
  - name: minutes_played
    description: Minutes of these plays.
    data_tests: [not_null]
  - name: plays_without_ms
    description: Plays whose source has no length, missing in minutes_played.
    data_tests: [not_null]
  - name: episodes
    description: Different episodes or chapters played, by id, or by name where no source has an id.
    data_tests: [not_null]
  - name: first_started_at
    description: Start of the first play, UTC.
    data_tests: [not_null]
  - name: last_started_at
    description: Start of the latest play, UTC.
    data_tests: [not_null]
  - name: rank_in_media_type
    description: Rank among podcasts or among audiobooks, from 1.
    data_tests:
      - range: { min: 1 }
data_tests:
  - unique: { columns: [media_type, rank_in_media_type] }
  - expression: { expression: (show_name is null) = (rank_in_media_type is null) }
---*/

with

spoken_plays as (

    select
        *,
        coalesce(show_name, audiobook_title) as title,
        coalesce(episode_id, chapter_id) as part_id,
        {{> normalised name='coalesce(show_name, audiobook_title)'}} as show_key,
        {{> normalised name='author_name'}} as author_key,
        {{> normalised name='coalesce(episode_name, chapter_title)'}} as part_key,
        cast({{> local_time moment='started_at'}} as date) as listening_date

    from {{ref 'plays'}}

    where media_type in ('episode', 'audiobook') and is_stream and not is_private

),

exclusion_rules as (

    select * from {{ref 'exclusion_rules'}}

),

excluded_plays as (

    select spoken_plays.play_id

    from spoken_plays

    inner join exclusion_rules
        on spoken_plays.listening_date >= exclusion_rules.from_date
        and spoken_plays.listening_date <= exclusion_rules.to_date
        and (
            exclusion_rules.kind = 'period'
            or exclusion_rules.artist_key in (spoken_plays.show_key, spoken_plays.author_key)
        )

),

parts_identified as (

    -- Account data has no ids; a name meets the id that another source gives it.
    select
        *,
        coalesce(part_id, min(part_id) over same_name, part_key) as part

    from spoken_plays

    where play_id not in (select play_id from excluded_plays)

    window same_name as (partition by media_type, show_key, part_key)

),

shows_counted as (

    select
        media_type,
        show_key,
        {{> most_frequent of='title'}} as show_name,
        {{> most_frequent of='author_name'}} as author_name,
        count(*) as play_count,
        {{> minutes_played}} as minutes_played,
        count(*) filter (where ms_played is null) as plays_without_ms,
        count(distinct part) as episodes,
        min(started_at) as first_started_at,
        max(started_at) as last_started_at

    from parts_identified

    group by media_type, show_key

),

shows_ranked as (

    select
        media_type,
        show_name,
        author_name,
        play_count,
        minutes_played,
        plays_without_ms,
        episodes,
        first_started_at,
        last_started_at,
        if(show_key is null, null, row_number() over by_minutes) as rank_in_media_type

    from shows_counted

    window by_minutes as (
        partition by media_type, show_key is null
        order by minutes_played desc, play_count desc, last_started_at desc, show_key
    )

    order by media_type desc, rank_in_media_type nulls last

)

select * from shows_ranked
