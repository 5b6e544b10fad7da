/*---
description: >-
  One row a local hour in which there was a stream, with how its music sounded and how far that is
  from the music of all other hours. Differences are of the streams with features, in the hour minus
  in all other hours. Their 95 % interval is the middle of 200 replicates of a Poisson bootstrap
  over days, since streams of one day are not independent. A verdict is noise where the p-value,
  corrected by Holm over all verdicts of the table, is above 0.05; otherwise small where the effect
  size is below 0.2 either way, and clear from there on. So an interval of its own may lie beside 0
  and the verdict still be noise: of 48 intervals two or three do so by chance. Averages and
  differences are null below 30 streams with features, on either side; intervals and verdicts are
  null also below 10 days with such streams. All of them are null without a catalogue.
columns:
  - name: hour_of_day
    description: Local hour of the start, 0 to 23.
    data_tests:
      - unique
      - not_null
      - range: { min: 0, max: 23 }
  - name: avg_valence
    description: Mean valence of the streams with features; null below 30 of them, as all averages.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: avg_energy
    description: Mean energy.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: avg_danceability
    description: Mean danceability.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: avg_acousticness
    description: Mean acousticness.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: sample_size
    description: Streams with features, over which averages and deviations are.
    data_tests: [not_null]
  - name: valence_stddev
    description: Standard deviation of the valence of the streams; null below 30 with features.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: energy_stddev
    description: Standard deviation of the energy, likewise.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: total_plays
    description: Streams.
    data_tests:
      - range: { min: 1 }
  - name: plays_with_features
    description: Streams with features; the same as sample_size.
    data_tests: [not_null]
  - name: days
    description: Local days with streams with features at this hour.
    data_tests: [not_null]
  - name: valence_difference
    description: Mean valence at this hour minus that of all other hours.
  - name: valence_difference_low
    description: Lower end of the difference's 95 % interval.
  - name: valence_difference_high
    description: Upper end of the difference's 95 % interval.
  - name: valence_effect_size
    description: Cohen's d, the difference over the pooled standard deviation of the streams.
  - name: valence_p_value
    description: Chance of such a difference where there is none, corrected by Holm.
    data_tests:
      - range: { min: 0, max: 1 }
  - name: valence_verdict
    description: noise, small or clear; null where there is too little to judge.
    data_tests:
      - accepted_values: { values: [noise, small, clear] }
  - name: energy_difference
    description: Mean energy at this hour minus that of all other hours.
  - name: energy_difference_low
    description: Lower end of the difference's 95 % interval.
  - name: energy_difference_high
    description: Upper end of the difference's 95 % interval.
  - name: energy_effect_size
    description: Cohen's d, the difference over the pooled standard deviation of the streams.
  - name: energy_p_value
    description: Chance of such a difference where there is none, corrected by Holm.
    data_tests:
      - range: { min: 0, max: 1 }
  - name: energy_verdict
    description: noise, small or clear; null where there is too little to judge.
    data_tests:
      - accepted_values: { values: [noise, small, clear] }
data_tests:
  - row_count: { max: 24 }
  - expression: { expression: plays_with_features <= total_plays and days <= plays_with_features }
  - expression: { expression: sample_size = plays_with_features }
  - expression: { expression: valence_difference_low <= valence_difference_high }
  - expression: { expression: energy_difference_low <= energy_difference_high }
---*/

with

streams as (

    select * from {{ref 'streams'}}

),

features_unpivoted as (

{{#each (list 'valence' 'energy') as |feature|}}
    select
        hour_of_day,
        listening_date,
        '{{feature}}' as feature,
        {{feature}} as value

    from streams

    where {{feature}} is not null
    {{#unless @last}}
    union all
    {{/unless}}
    {{/each}}

),

{{> group_differences of='features_unpivoted' group='hour_of_day'}},

{{> holm_verdicts of='differences_measured'}},

{{#each (list 'valence' 'energy') as |feature|}}
{{feature}}_differences as (

    select * from differences_judged

    where feature = '{{feature}}'

),

{{/each}}
hours_averaged as (

    select
        hour_of_day,
        {{> average feature='valence' digits='3'}} as avg_valence,
        {{> average feature='energy' digits='3'}} as avg_energy,
        {{> average feature='danceability' digits='3'}} as avg_danceability,
        {{> average feature='acousticness' digits='3'}} as avg_acousticness,
        count(*) filter (where has_features) as sample_size,
        {{> deviation feature='valence' digits='3'}} as valence_stddev,
        {{> deviation feature='energy' digits='3'}} as energy_stddev,
        count(*) as total_plays,
        count(*) filter (where has_features) as plays_with_features,
        count(distinct listening_date) filter (where has_features) as days

    from streams

    group by hour_of_day

),

hours_compared as (

    select
        hours_averaged.*,
        {{#each (list 'valence' 'energy') as |feature|}}
        {{feature}}_differences.difference as {{feature}}_difference,
        {{feature}}_differences.difference_low as {{feature}}_difference_low,
        {{feature}}_differences.difference_high as {{feature}}_difference_high,
        {{feature}}_differences.effect_size as {{feature}}_effect_size,
        {{feature}}_differences.holm_p_value as {{feature}}_p_value,
        {{feature}}_differences.verdict as {{feature}}_verdict{{#unless @last}},{{/unless}}
        {{/each}}

    from hours_averaged

    {{#each (list 'valence' 'energy') as |feature|}}
    left join {{feature}}_differences
        on hours_averaged.hour_of_day = {{feature}}_differences.hour_of_day

    {{/each}}
    order by hours_averaged.hour_of_day

)

select * from hours_compared
