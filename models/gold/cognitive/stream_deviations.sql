/*---
description: >-
  One row a stream with features, with how far its valence and energy lie from what is usual at its
  hour and in the whole life, in standard deviations. Nothing is measured against an hour or a life
  with fewer than 30 such streams, nor where all of them sound the same.
materialized: ephemeral
columns:
  - name: play_id
    description: The stream.
  - name: track_id
    description: Spotify's id of the track.
  - name: track_name
    description: Title of the track.
  - name: artist_name
    description: Artist of the track's album.
  - name: started_at
    description: When the play began, UTC.
  - name: listening_date
    description: Local date of the start.
  - name: hour_of_day
    description: Local hour of the start, 0 to 23.
  - name: valence
    description: How positive the music sounds, 0 to 1.
  - name: energy
    description: Intensity, 0 to 1.
  - name: hour_valence
    description: Mean valence of the hour's streams; null below 30 of them.
  - name: hour_energy
    description: Mean energy of the hour's streams; null below 30 of them.
  - name: valence_deviation
    description: Valence less the hour's mean, in the hour's standard deviations.
  - name: energy_deviation
    description: Energy less the hour's mean, in the hour's standard deviations.
  - name: is_anomaly
    description: Whether either deviation is beyond 2.
  - name: is_anomaly_in_life
    description: The same against mean and standard deviation of the whole life.
---*/

with

streams as (

    select * from {{ref 'streams'}}

    where has_features

),

hours_measured as (

    select
        hour_of_day,
        {{#each (list 'valence' 'energy') as |feature|}}
        {{> average feature=feature digits='9'}} as hour_{{feature}},
        nullif({{> deviation feature=feature digits='9'}}, 0)
            as hour_{{feature}}_spread{{#unless @last}},{{/unless}}
        {{/each}}

    from streams

    group by hour_of_day

),

life_measured as (

    select
        {{#each (list 'valence' 'energy') as |feature|}}
        {{> average feature=feature digits='9'}} as life_{{feature}},
        nullif({{> deviation feature=feature digits='9'}}, 0)
            as life_{{feature}}_spread{{#unless @last}},{{/unless}}
        {{/each}}

    from streams

),

deviations_measured as (

    select
        streams.*,
        {{#each (list 'valence' 'energy') as |feature|}}
        hours_measured.hour_{{feature}},
        (streams.{{feature}} - hours_measured.hour_{{feature}})
            / hours_measured.hour_{{feature}}_spread as {{feature}}_deviation,
        (streams.{{feature}} - life_measured.life_{{feature}})
            / life_measured.life_{{feature}}_spread
            as {{feature}}_deviation_in_life{{#unless @last}},{{/unless}}
        {{/each}}

    from streams

    inner join hours_measured
        on streams.hour_of_day = hours_measured.hour_of_day

    cross join life_measured

),

anomalies_marked as (

    select
        play_id,
        track_id,
        track_name,
        artist_name,
        started_at,
        listening_date,
        hour_of_day,
        valence,
        energy,
        hour_valence,
        hour_energy,
        valence_deviation,
        energy_deviation,
        coalesce(abs(valence_deviation) > 2, false)
            or coalesce(abs(energy_deviation) > 2, false) as is_anomaly,
        coalesce(abs(valence_deviation_in_life) > 2, false)
            or coalesce(abs(energy_deviation_in_life) > 2, false) as is_anomaly_in_life

    from deviations_measured

)

select * from anomalies_marked
