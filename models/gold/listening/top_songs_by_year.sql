/*---
description: >-
  One row a local year and song, all its versions together, with what was streamed of it in that
  year. Ranked within the year by minutes, then by streams, the latest stream and the key;
  rank_by_streams by streams, then by minutes, the latest stream and the key. Streams of which the
  sources name no song stand together in one row a year without key, name and ranks.
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
  - name: song_id
    description: Key of the song, from its title without version marks and its artist.
  - name: track_id
    description: Its most played track id; null where no source has one.
  - name: song_name
    description: Title of its most played version.
  - name: artist_name
    description: Artist of that version.
  - name: album_name
    description: Album of that version.
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
  - name: first_started_at
    description: Start of the first stream of the year, UTC.
    data_tests: [not_null]
  - name: last_started_at
    description: Start of the latest stream of the year, UTC.
    data_tests: [not_null]
data_tests:
  - unique: { columns: [listening_year, song_id] }
  - unique: { columns: [listening_year, rank_by_minutes] }
  - unique: { columns: [listening_year, rank_by_streams] }
  - expression: { expression: (song_id is null) = (rank_by_minutes is null) }
---*/

with

streams_by_year as (

    select * from {{ref 'streams_by_year'}}

),

songs as (

    select song_id, track_id, song_name, artist_name, album_name from {{ref 'songs'}}

),

songs_counted as (

    select
        listening_year,
        is_partial,
        song_id,
        {{> listening_totals}},
        {{> share_of_minutes beside='partition by listening_year'}} as minutes_percentage

    from streams_by_year

    group by listening_year, is_partial, song_id

),

songs_ranked as (

    select
        *,
        if(song_id is null, null, row_number() over by_minutes) as rank_by_minutes,
        if(song_id is null, null, row_number() over by_streams) as rank_by_streams

    from songs_counted

    window
        by_minutes as (
            partition by listening_year, song_id is null
            order by minutes_played desc, stream_count desc, last_started_at desc, song_id
        ),
        by_streams as (
            partition by listening_year, song_id is null
            order by stream_count desc, minutes_played desc, last_started_at desc, song_id
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

    from songs_ranked

    window by_year as (partition by song_id order by listening_year)

),

songs_named as (

    select
        years_compared.listening_year,
        years_compared.is_partial,
        years_compared.rank_by_minutes,
        years_compared.rank_by_streams,
        years_compared.previous_rank_by_minutes,
        years_compared.song_id,
        songs.track_id,
        songs.song_name,
        songs.artist_name,
        songs.album_name,
        years_compared.stream_count,
        years_compared.minutes_played,
        years_compared.plays_without_ms,
        years_compared.minutes_percentage,
        years_compared.first_started_at,
        years_compared.last_started_at

    from years_compared

    left join songs
        on years_compared.song_id = songs.song_id

    order by years_compared.listening_year, years_compared.rank_by_minutes nulls last

)

select * from songs_named
