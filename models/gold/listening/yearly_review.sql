/*---
description: >-
  One row a local year from the first covered day to the last: the year in figures. Streams and
  minutes leave out private sessions and exclusions; plays, skips and sessions are of all plays. The
  figures are null in a year of which no source covers a day.
columns:
  - name: listening_year
    description: Local year.
    data_tests: [unique, not_null]
  - name: is_partial
    description: >-
      Whether no source covers some days of the year, as mostly in the first and the last year.
    data_tests: [not_null]
  - name: covered_days
    description: Days that a source covers.
    data_tests:
      - range: { min: 0, max: 366 }
  - name: active_days
    description: Days with a stream.
  - name: stream_count
    description: Streams.
    data_tests:
      - range: { min: 0 }
  - name: minutes_played
    description: Minutes of the streams.
  - name: plays_without_ms
    description: Streams whose source has no length, missing in minutes_played.
  - name: minutes_per_covered_day
    description: Minutes of the streams by covered day, with or without streams.
  - name: distinct_artists
    description: Different artists streamed.
  - name: distinct_songs
    description: Different songs streamed, all versions of a song together.
  - name: distinct_albums
    description: Different albums streamed.
  - name: new_artists
    description: >-
      Artists streamed for the first time; null in a year that touches the first 90 days of a
      record, when much only seems new.
  - name: new_songs
    description: Songs streamed for the first time, likewise.
  - name: top_artist_name
    description: First artist in top_artists_by_year.
  - name: top_song_name
    description: First song in top_songs_by_year.
  - name: top_song_artist_name
    description: Artist of that song.
  - name: top_album_name
    description: First album in top_albums_by_year.
  - name: top_album_artist_name
    description: Artist of that album.
  - name: busiest_date
    description: >-
      Local day with most minutes, of equal ones that with more streams, then the later one.
  - name: busiest_date_minutes
    description: Minutes of the streams of that day.
  - name: session_count
    description: Sessions that began in the year.
  - name: play_count
    description: Plays of tracks, of any length.
  - name: plays_with_skip_known
    description: Plays of tracks of which it is known whether they were skipped.
  - name: skip_count
    description: Plays of tracks known to be skipped.
  - name: skip_percentage
    description: Skips in percent of the plays of which it is known; null where it is of none.
    data_tests:
      - range: { min: 0, max: 100 }
  - name: minutes_change_percentage
    description: >-
      Change of the minutes against the year before in percent; null unless both years are covered
      whole.
data_tests:
  - expression: { expression: active_days <= covered_days }
---*/

with

recorded_years as (

    select * from {{ref 'recorded_years'}}

),

year_days as (

    select * from {{ref 'year_days'}}

),

year_discoveries as (

    select * from {{ref 'year_discoveries'}}

),

year_tops as (

    select * from {{ref 'year_tops'}}

),

year_plays as (

    select * from {{ref 'year_plays'}}

),

years_joined as (

    select
        recorded_years.listening_year,
        recorded_years.is_partial,
        recorded_years.covered_days,
        year_days.active_days,
        year_days.stream_count,
        year_days.minutes_played,
        year_days.plays_without_ms,
        year_days.minutes_per_covered_day,
        {{#each (list 'distinct_artists' 'distinct_songs' 'distinct_albums') as |column|}}
        if(year_days.stream_count = 0, 0, year_tops.{{column}}) as {{column}},
        {{/each}}
        year_discoveries.new_artists,
        year_discoveries.new_songs,
        year_tops.top_artist_name,
        year_tops.top_song_name,
        year_tops.top_song_artist_name,
        year_tops.top_album_name,
        year_tops.top_album_artist_name,
        year_days.busiest_date,
        year_days.busiest_date_minutes,
        {{#each (list
            'session_count' 'play_count' 'plays_with_skip_known' 'skip_count'
        ) as |column|}}
        if(recorded_years.covered_days = 0, null, coalesce(year_plays.{{column}}, 0))
            as {{column}},
        {{/each}}
        year_plays.skip_percentage

    from recorded_years

    {{#each (list 'year_days' 'year_discoveries' 'year_tops' 'year_plays') as |figures|}}
    left join {{figures}}
        on recorded_years.listening_year = {{figures}}.listening_year

    {{/each}}
),

years_compared as (

    select
        *,
        if(
            is_partial or lag(is_partial) over by_year,
            null,
            round(100e0 * (minutes_played / nullif(lag(minutes_played) over by_year, 0) - 1), 2)
        ) as minutes_change_percentage

    from years_joined

    window by_year as (order by listening_year)

    order by listening_year

)

select * from years_compared
