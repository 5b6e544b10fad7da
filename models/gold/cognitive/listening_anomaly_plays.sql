/*---
description: >-
  One row a stream that sounds unlike the usual music of its hour: more than 2 standard deviations
  from the hour's mean in valence or energy. listening_anomalies counts them by hour. That a song
  stands here says something of the song, not of the listener. Empty without a catalogue and for
  hours with fewer than 30 streams with features.
columns:
  - name: play_id
    description: The stream.
    data_tests:
      - unique
      - not_null
      - relationships: { to: streams, field: play_id }
  - name: track_id
    description: Spotify's id of the track; null where the source has none.
  - name: track_name
    description: Title of the track.
  - name: artist_name
    description: Artist of the track's album.
  - name: started_at
    description: When the play began, UTC.
    data_tests: [not_null]
  - name: listening_date
    description: Local date of the start.
    data_tests: [not_null]
  - name: hour_of_day
    description: Local hour of the start, 0 to 23.
    data_tests:
      - not_null
      - relationships: { to: listening_anomalies, field: hour_of_day }
  - name: valence
    description: How positive the music sounds, 0 to 1.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: energy
    description: Intensity, 0 to 1.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: hour_valence
    description: Mean valence of the hour's streams.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: hour_energy
    description: Mean energy of the hour's streams.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: valence_deviation
    description: >-
      Valence less the hour's mean, in the hour's standard deviations; below 0 the song is darker
      than usual. Null where all of the hour's songs have one valence.
    data_tests:
      - range: { min: -10, max: 10, severity: warn }
  - name: energy_deviation
    description: Energy less the hour's mean, likewise; below 0 the song is quieter than usual.
    data_tests:
      - range: { min: -10, max: 10, severity: warn }
data_tests:
  - expression: { expression: "greatest(abs(valence_deviation), abs(energy_deviation)) >= 2" }
---*/

with

stream_deviations as (

    select * from {{ref 'stream_deviations'}}

),

anomalies as (

    select
        play_id,
        track_id,
        track_name,
        artist_name,
        started_at,
        listening_date,
        hour_of_day,
        {{#each (list
            'valence' 'energy' 'hour_valence' 'hour_energy' 'valence_deviation' 'energy_deviation'
        ) as |measure|}}
        round({{measure}}, 3) as {{measure}}{{#unless @last}},{{/unless}}
        {{/each}}

    from stream_deviations

    where is_anomaly

    order by started_at, play_id

)

select * from anomalies
