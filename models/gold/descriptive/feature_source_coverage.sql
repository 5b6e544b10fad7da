/*---
description: >-
  One row a source of audio features that streams have, and none for streams without any. It shows
  how much of the listening gold's averages and moods rest on. Without a catalogue all streams are
  none, unless made-up features are allowed.
columns:
  - name: feature_source
    description: Where the features come from; none where there are none.
    data_tests:
      - unique
      - not_null
      - accepted_values: { values: [given, api, catalogue, catalogue_name, artist, synthetic, none] }
  - name: record_count
    description: Streams.
    data_tests:
      - range: { min: 1 }
  - name: percentage
    description: Share of all streams in percent.
    data_tests:
      - range: { min: 0, max: 100 }
  - name: tracks
    description: Different track ids streamed.
    data_tests: [not_null]
  - name: minutes_played
    description: Minutes of the streams.
    data_tests: [not_null]
  - name: plays_without_ms
    description: Streams whose source has no length, missing in minutes_played.
    data_tests: [not_null]
  - name: is_averaged
    description: Whether gold averages this source, by the setting feature_sources.
    data_tests: [not_null]
---*/

with

streams as (

    select * from {{ref 'streams'}}

),

sources_counted as (

    select
        feature_source,
        count(*) as record_count,
        round(100e0 * count(*) / sum(count(*)) over (), 2) as percentage,
        count(distinct coalesce(track_id, song_id)) as tracks,
        {{> minutes_played}} as minutes_played,
        count(*) filter (where ms_played is null) as plays_without_ms,
        bool_or(has_features) as is_averaged

    from streams

    group by feature_source

    order by record_count desc, feature_source

)

select * from sources_counted
