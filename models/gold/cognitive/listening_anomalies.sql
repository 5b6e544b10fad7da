/*---
description: >-
  One row a local hour that has streams with features, with how many of them sounded unlike that
  hour's usual music: more than 2 standard deviations from the hour's mean in valence or energy.
  Some always do, so share stands beside what the same rule finds by chance. Which streams they are
  stands in listening_anomaly_plays. Figures are null for an hour with fewer than 30 streams with
  features. Empty without a catalogue, since only it knows valence and energy.
columns:
  - name: hour_of_day
    description: Local hour of the start, 0 to 23.
    data_tests:
      - unique
      - not_null
      - range: { min: 0, max: 23 }
  - name: anomaly_count
    description: Streams that stand out; null below 30 streams with features, as all that follows.
    data_tests:
      - range: { min: 0 }
  - name: avg_valence_deviation
    description: >-
      Mean distance of those streams' valence from the hour's mean, in standard deviations, however
      few they are; null where none stands out.
    data_tests:
      - range: { min: 0, max: 10, severity: warn }
  - name: avg_energy_deviation
    description: Mean distance of their energy, likewise.
    data_tests:
      - range: { min: 0, max: 10, severity: warn }
  - name: anomaly_severity
    description: >-
      High, Medium or Low by the larger of the two mean distances and seed anomaly_severities; null
      where none stands out.
    data_tests:
      - relationships: { to: anomaly_severities, field: anomaly_severity }
  - name: interpretation
    description: What that says of the hour's music, from the seed.
  - name: plays
    description: Streams of the hour.
    data_tests:
      - not_null
      - range: { min: 1 }
  - name: plays_with_features
    description: Streams with features, of which anomaly_count is a part.
    data_tests:
      - not_null
      - range: { min: 1 }
  - name: share
    description: Share of anomaly_count in plays_with_features in percent.
    data_tests:
      - range: { min: 0, max: 100 }
  - name: share_expected
    description: >-
      Share in percent that would stand out if the streams were shuffled among the hours, so that
      every hour had the music of the whole life: the share beyond 2 standard deviations of all
      streams from their common mean. The same for every hour.
    data_tests:
      - range: { min: 0, max: 100 }
data_tests:
  - row_count: { max: 24 }
  - expression: { expression: anomaly_count <= plays_with_features }
  - expression: { expression: plays_with_features <= plays }
---*/

with

streams as (

    select hour_of_day, count(*) as plays from {{ref 'streams'}}

    group by hour_of_day

),

stream_deviations as (

    select * from {{ref 'stream_deviations'}}

),

anomaly_severities as (

    select * from {{ref 'anomaly_severities'}}

),

chance_measured as (

    select 100e0 * count(*) filter (where is_anomaly_in_life) / count(*) as share_expected

    from stream_deviations

),

anomalies_counted as (

    select
        hour_of_day,
        count(*) filter (where is_anomaly) as anomaly_count,
        {{> mean of='if(is_anomaly, abs(valence_deviation), null)'}} as valence_deviation,
        {{> mean of='if(is_anomaly, abs(energy_deviation), null)'}} as energy_deviation,
        count(*) as plays_with_features,
        count(hour_valence) > 0 and count(hour_energy) > 0 as is_judged

    from stream_deviations

    group by hour_of_day

),

severities_ranked as (

    select
        anomalies_counted.hour_of_day,
        anomaly_severities.anomaly_severity,
        anomaly_severities.interpretation,
        row_number() over (
            partition by anomalies_counted.hour_of_day
            order by anomaly_severities.above_deviation desc nulls last
        ) as severity_rank

    from anomalies_counted

    inner join anomaly_severities
        on anomaly_severities.above_deviation is null
        and coalesce(anomalies_counted.valence_deviation, anomalies_counted.energy_deviation)
            is not null
        or anomalies_counted.valence_deviation > anomaly_severities.above_deviation
        or anomalies_counted.energy_deviation > anomaly_severities.above_deviation

),

severities_found as (

    select * from severities_ranked
    where severity_rank = 1

),

hours_described as (

    select
        anomalies_counted.hour_of_day,
        if(is_judged, anomalies_counted.anomaly_count, null) as anomaly_count,
        round(anomalies_counted.valence_deviation, 3) as avg_valence_deviation,
        round(anomalies_counted.energy_deviation, 3) as avg_energy_deviation,
        severities_found.anomaly_severity,
        severities_found.interpretation,
        streams.plays,
        anomalies_counted.plays_with_features,
        if(is_judged, round(100e0 * anomaly_count / plays_with_features, 2), null) as share,
        if(is_judged, round(chance_measured.share_expected, 2), null) as share_expected

    from anomalies_counted

    inner join streams
        on anomalies_counted.hour_of_day = streams.hour_of_day

    left join severities_found
        on anomalies_counted.hour_of_day = severities_found.hour_of_day

    cross join chance_measured

    order by anomalies_counted.hour_of_day

)

select * from hours_described
