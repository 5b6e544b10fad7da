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
    description: >-
      Title, with artist_name in the most frequent spelling, of equally frequent ones the first.
  - name: artist_name
    description: Artist in that spelling.
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

names_counted as (

    select
        album_id,
        album_name,
        artist_name,
        count(*) as name_count

    from album_streams

    group by album_id, album_name, artist_name

),

names_ranked as (

    select
        *,
        row_number() over (
            partition by album_id order by name_count desc, album_name, artist_name
        ) as name_rank

    from names_counted

),

albums_named as (

    select
        albums_ranked.rank_by_minutes,
        albums_ranked.rank_by_streams,
        albums_ranked.album_id,
        names_ranked.album_name,
        names_ranked.artist_name,
        albums_ranked.stream_count,
        albums_ranked.minutes_played,
        albums_ranked.plays_without_ms,
        albums_ranked.minutes_percentage,
        albums_ranked.distinct_songs,
        albums_ranked.first_started_at,
        albums_ranked.last_started_at

    from albums_ranked

    left join names_ranked
        on albums_ranked.album_id = names_ranked.album_id
        and names_ranked.name_rank = 1

    order by albums_ranked.rank_by_minutes nulls last

)

select * from albums_named
