/*---
description: >-
  One row an artist, all spellings of the name together, with what was streamed of it in the whole
  life. Ranked by minutes, then by streams, the latest stream and the key; rank_by_streams by
  streams, then by minutes, the latest stream and the key. Streams of which the sources name no
  artist stand together in one row without key, name and ranks.
columns:
  - name: rank_by_minutes
    description: Rank by minutes, from 1.
    data_tests:
      - unique
      - range: { min: 1 }
  - name: rank_by_streams
    description: Rank by streams, from 1.
    data_tests:
      - unique
      - range: { min: 1 }
  - name: artist_key
    description: Artist without case, accents and punctuation.
    data_tests: [unique]
  - name: artist_name
    description: Artist in the most frequent spelling, of equally frequent ones the first.
  - name: stream_count
    description: Streams.
    data_tests:
      - range: { min: 1 }
  - name: minutes_played
    description: Minutes of the streams.
    data_tests: [not_null]
  - name: plays_without_ms
    description: Streams whose source has no length, missing in minutes_played.
    data_tests: [not_null]
  - name: minutes_percentage
    description: Share of the minutes of all streams in percent; null where none has a length.
    data_tests:
      - range: { min: 0, max: 100, severity: warn }
  - name: distinct_songs
    description: Different songs streamed.
    data_tests: [not_null]
  - name: first_started_at
    description: Start of the first stream, UTC.
    data_tests: [not_null]
  - name: last_started_at
    description: Start of the latest stream, UTC.
    data_tests: [not_null]
data_tests:
  - expression: { expression: (artist_key is null) = (rank_by_minutes is null) }
---*/

with

artist_streams as (

    select * from {{ref 'artist_streams'}}

),

artists_counted as (

    select
        artist_key,
        {{> listening_totals}},
        {{> share_of_minutes beside=''}} as minutes_percentage,
        count(distinct song_id) as distinct_songs

    from artist_streams

    group by artist_key

),

artists_ranked as (

    select
        *,
        if(artist_key is null, null, row_number() over by_minutes) as rank_by_minutes,
        if(artist_key is null, null, row_number() over by_streams) as rank_by_streams

    from artists_counted

    window
        by_minutes as (
            partition by artist_key is null
            order by minutes_played desc, stream_count desc, last_started_at desc, artist_key
        ),
        by_streams as (
            partition by artist_key is null
            order by stream_count desc, minutes_played desc, last_started_at desc, artist_key
        )

),

names_counted as (

    select
        artist_key,
        artist_name,
        count(*) as name_count

    from artist_streams

    group by artist_key, artist_name

),

names_ranked as (

    select
        *,
        row_number() over (partition by artist_key order by name_count desc, artist_name)
            as name_rank

    from names_counted

),

artists_named as (

    select
        artists_ranked.rank_by_minutes,
        artists_ranked.rank_by_streams,
        artists_ranked.artist_key,
        names_ranked.artist_name,
        artists_ranked.stream_count,
        artists_ranked.minutes_played,
        artists_ranked.plays_without_ms,
        artists_ranked.minutes_percentage,
        artists_ranked.distinct_songs,
        artists_ranked.first_started_at,
        artists_ranked.last_started_at

    from artists_ranked

    left join names_ranked
        on artists_ranked.artist_key = names_ranked.artist_key
        and names_ranked.name_rank = 1

    order by artists_ranked.rank_by_minutes nulls last

)

select * from artists_named
