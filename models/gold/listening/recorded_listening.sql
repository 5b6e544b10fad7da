/*---
description: One row a local day that a source covers, with what was streamed on it.
materialized: ephemeral
columns:
  - name: covered_date
    description: Local day.
  - name: is_complete
    description: Whether a source tells of the whole day.
  - name: stream_count
    description: Streams.
  - name: ms_played
    description: Milliseconds of the streams.
  - name: plays_without_ms
    description: Streams whose source has no length.
  - name: distinct_artists
    description: Different artists streamed.
  - name: distinct_songs
    description: Different songs streamed.
---*/

with

artist_streams as (

    select * from {{ref 'artist_streams'}}

),

recorded_days as (

    select * from {{ref 'recorded_days'}}

),

streams_counted as (

    select
        listening_date,
        count(*) as stream_count,
        sum(ms_played) as ms_played,
        count(*) filter (where ms_played is null) as plays_without_ms,
        count(distinct artist_key) as distinct_artists,
        count(distinct song_id) as distinct_songs

    from artist_streams

    group by listening_date

),

days_filled as (

    select
        recorded_days.covered_date,
        recorded_days.is_complete,
        {{#each (list
            'stream_count' 'ms_played' 'plays_without_ms' 'distinct_artists' 'distinct_songs'
        ) as |column|}}
        coalesce(streams_counted.{{column}}, 0) as {{column}}{{#unless @last}},{{/unless}}
        {{/each}}

    from recorded_days

    left join streams_counted
        on recorded_days.covered_date = streams_counted.listening_date

)

select * from days_filled
