/*---
description: >-
  One row a local year with streams, with the share of them whose song has audio features that gold
  averages. Where the shares differ, averages compare different samples of the listening: matched
  streams are no random sample. All shares are 0 without a catalogue.
columns:
  - name: listening_year
    description: Local year of the start.
    data_tests: [unique, not_null]
  - name: play_count
    description: Streams.
    data_tests:
      - range: { min: 1 }
  - name: plays_with_features
    description: Streams with features that gold averages.
    data_tests: [not_null]
  - name: percentage
    description: Share of the streams with features in percent.
    data_tests:
      - range: { min: 0, max: 100 }
  - name: catalogue_plays
    description: Streams with features by track id, averaged or not.
    data_tests: [not_null]
  - name: catalogue_name_plays
    description: Streams with features by title and artist, averaged or not.
    data_tests: [not_null]
  - name: artist_plays
    description: Streams with features estimated from the artist's other songs, averaged or not.
    data_tests: [not_null]
  - name: synthetic_plays
    description: Streams with made-up features, averaged or not.
    data_tests: [not_null]
  - name: none_plays
    description: Streams without any features.
    data_tests: [not_null]
data_tests:
  - expression: { expression: plays_with_features <= play_count }
---*/

with

streams as (

    select * from {{ref 'streams'}}

),

coverage_counted as (

    select
        year(listening_date) as listening_year,
        count(*) as play_count,
        count(*) filter (where has_features) as plays_with_features,
        round(100e0 * count(*) filter (where has_features) / count(*), 2) as percentage,
        {{#each (list 'catalogue' 'catalogue_name' 'artist' 'synthetic' 'none') as |origin|}}
        count(*) filter (where feature_source = '{{origin}}')
            as {{origin}}_plays{{#unless @last}},{{/unless}}
        {{/each}}

    from streams

    group by year(listening_date)

    order by listening_year

)

select * from coverage_counted
