/*---
description: >-
  One row a local month from the first covered one to the last, with the artists and songs streamed
  for the first time and how much of the month's listening went to them. What is new is null in a
  month that touches the first 90 days of a record, when much only seems new. Streams are null in a
  month of which no source covers a day.
columns:
  - name: listening_month
    description: First day of the local month.
    data_tests: [unique, not_null]
  - name: covered_days
    description: Days of the month that a source covers.
    data_tests: [not_null]
  - name: is_partial
    description: Whether no source covers some days of the month.
    data_tests: [not_null]
  - name: stream_count
    description: Streams.
    data_tests:
      - range: { min: 0 }
  - name: minutes_played
    description: Minutes of the streams.
  - name: plays_without_ms
    description: Streams whose source has no length, missing in minutes_played.
  - name: distinct_artists
    description: Different artists streamed.
  - name: distinct_songs
    description: Different songs streamed, all versions of a song together.
  - name: new_artists
    description: Artists never streamed before the month.
  - name: new_songs
    description: Songs never streamed before the month.
  - name: new_song_streams
    description: Streams of the new songs.
  - name: new_song_percentage
    description: Share of the streams that goes to new songs in percent; null without streams.
    data_tests:
      - range: { min: 0, max: 100 }
data_tests:
  - expression: { expression: new_artists <= distinct_artists and new_songs <= distinct_songs }
  - expression: { expression: new_songs <= new_song_streams and new_song_streams <= stream_count }
---*/

with

artist_streams as (

    select *, cast(date_trunc('month', listening_date) as date) as listening_month

    from {{ref 'artist_streams'}}

),

recorded_months as (

    select * from {{ref 'recorded_months'}}

),

first_months_found as (

    select
        *,
        min(listening_month) over (partition by artist_key) = listening_month
            and artist_key is not null as is_new_artist,
        min(listening_month) over (partition by song_id) = listening_month
            and song_id is not null as is_new_song

    from artist_streams

),

streams_counted as (

    select
        listening_month,
        count(*) as stream_count,
        {{> minutes_played}} as minutes_played,
        count(*) filter (where ms_played is null) as plays_without_ms,
        count(distinct artist_key) as distinct_artists,
        count(distinct song_id) as distinct_songs,
        count(distinct artist_key) filter (where is_new_artist) as new_artists,
        count(distinct song_id) filter (where is_new_song) as new_songs,
        count(*) filter (where is_new_song) as new_song_streams

    from first_months_found

    group by listening_month

),

months_filled as (

    select
        recorded_months.listening_month,
        recorded_months.covered_days,
        recorded_months.is_partial,
        {{#each (list
            'stream_count' 'minutes_played' 'plays_without_ms' 'distinct_artists' 'distinct_songs'
        ) as |column|}}
        if(recorded_months.covered_days = 0, null, coalesce(streams_counted.{{column}}, 0))
            as {{column}},
        {{/each}}
        {{#each (list 'new_artists' 'new_songs' 'new_song_streams') as |column|}}
        if(recorded_months.is_new_known, coalesce(streams_counted.{{column}}, 0), null)
            as {{column}}{{#unless @last}},{{/unless}}
        {{/each}}

    from recorded_months

    left join streams_counted
        on recorded_months.listening_month = streams_counted.listening_month

),

shares_counted as (

    select
        *,
        round(100e0 * new_song_streams / nullif(stream_count, 0), 2) as new_song_percentage

    from months_filled

    order by listening_month

)

select * from shares_counted
