/*---
description: >-
  One row a local year and artist, all spellings of the name together, with what was streamed of
  it in that year. Ranked within the year by minutes, then by streams, the latest stream and the
  key; rank_by_streams by streams, then by minutes, the latest stream and the key. Streams of
  which the sources name no artist stand together in one row a year without key, name and ranks.
columns:
  - name: listening_year
    description: Local year of the start.
    data_tests: [not_null]
  - name: is_partial
    description: >-
      Whether no source covers some days of the year, as mostly in the first and the last year.
    data_tests: [not_null]
  - name: rank_by_minutes
    description: Rank by minutes within the year, from 1.
    data_tests:
      - range: { min: 1 }
  - name: rank_by_streams
    description: Rank by streams within the year, from 1.
    data_tests:
      - range: { min: 1 }
  - name: previous_rank_by_minutes
    description: rank_by_minutes in the year before; null if not streamed then.
    data_tests:
      - range: { min: 1 }
  - name: artist_key
    description: Artist without case, accents and punctuation.
  - name: artist_name
    description: Artist as top_artists has it.
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
    description: >-
      Share of the minutes of all streams of the year in percent; null where none has a length.
    data_tests:
      - range: { min: 0, max: 100, severity: warn }
  - name: distinct_songs
    description: Different songs streamed.
    data_tests: [not_null]
  - name: first_started_at
    description: Start of the first stream of the year, UTC.
    data_tests: [not_null]
  - name: last_started_at
    description: Start of the latest stream of the year, UTC.
    data_tests: [not_null]
data_tests:
  - unique: { columns: [listening_year, artist_key] }
  - unique: { columns: [listening_year, rank_by_minutes] }
  - unique: { columns: [listening_year, rank_by_streams] }
  - expression: { expression: (artist_key is null) = (rank_by_minutes is null) }
---*/

with

artist_streams as (

    select * from {{ref 'artist_streams'}}

),

top_artists as (

    select artist_key, artist_name from {{ref 'top_artists'}}

),

artists_counted as (

    select
        listening_year,
        is_partial,
        artist_key,
        {{> listening_totals}},
        {{> share_of_minutes beside='partition by listening_year'}} as minutes_percentage,
        count(distinct song_id) as distinct_songs

    from artist_streams

    group by listening_year, is_partial, artist_key

),

artists_ranked as (

    select
        *,
        if(artist_key is null, null, row_number() over by_minutes) as rank_by_minutes,
        if(artist_key is null, null, row_number() over by_streams) as rank_by_streams

    from artists_counted

    window
        by_minutes as (
            partition by listening_year, artist_key is null
            order by minutes_played desc, stream_count desc, last_started_at desc, artist_key
        ),
        by_streams as (
            partition by listening_year, artist_key is null
            order by stream_count desc, minutes_played desc, last_started_at desc, artist_key
        )

),

years_compared as (

    select
        *,
        if(
            lag(listening_year) over by_year = listening_year - 1,
            lag(rank_by_minutes) over by_year,
            null
        ) as previous_rank_by_minutes

    from artists_ranked

    window by_year as (partition by artist_key order by listening_year)

),

artists_named as (

    select
        years_compared.listening_year,
        years_compared.is_partial,
        years_compared.rank_by_minutes,
        years_compared.rank_by_streams,
        years_compared.previous_rank_by_minutes,
        years_compared.artist_key,
        top_artists.artist_name,
        years_compared.stream_count,
        years_compared.minutes_played,
        years_compared.plays_without_ms,
        years_compared.minutes_percentage,
        years_compared.distinct_songs,
        years_compared.first_started_at,
        years_compared.last_started_at

    from years_compared

    left join top_artists
        on years_compared.artist_key = top_artists.artist_key

    order by years_compared.listening_year, years_compared.rank_by_minutes nulls last

)

select * from artists_named
