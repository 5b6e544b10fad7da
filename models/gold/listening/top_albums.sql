/*---
description: >-
  One row an album, remastered and plain editions together, with what was streamed of it in the
  whole life. Ranked by minutes, then by streams, the latest stream and the key; rank_by_streams
  by streams, then by minutes, the latest stream and the key. Streams of which the sources name no
  album or no artist stand together in one row without key, name and ranks.
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
  - name: album_id
    description: Key of the album, from its title without version marks and its artist.
    data_tests: [unique]
  - name: album_name
    description: Title in the most frequent spelling, of equally frequent ones the first.
  - name: artist_name
    description: Artist in the most frequent spelling, likewise.
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
  - expression: { expression: (album_id is null) = (rank_by_minutes is null) }
---*/

with

album_streams as (

    select * from {{ref 'album_streams'}}

),

albums_counted as (

    select
        album_id,
        mode(album_name order by album_name) as album_name,
        mode(artist_name order by artist_name) as artist_name,
        {{> listening_totals}},
        {{> share_of_minutes beside=''}} as minutes_percentage,
        count(distinct song_id) as distinct_songs

    from album_streams

    group by album_id

),

albums_ranked as (

    select
        *,
        if(album_id is null, null, row_number() over by_minutes) as rank_by_minutes,
        if(album_id is null, null, row_number() over by_streams) as rank_by_streams

    from albums_counted

    window
        by_minutes as (
            partition by album_id is null
            order by minutes_played desc, stream_count desc, last_started_at desc, album_id
        ),
        by_streams as (
            partition by album_id is null
            order by stream_count desc, minutes_played desc, last_started_at desc, album_id
        )

),

albums_listed as (

    select
        rank_by_minutes,
        rank_by_streams,
        album_id,
        album_name,
        artist_name,
        stream_count,
        minutes_played,
        plays_without_ms,
        minutes_percentage,
        distinct_songs,
        first_started_at,
        last_started_at

    from albums_ranked

    order by rank_by_minutes nulls last

)

select * from albums_listed
