/*---
description: >-
  One row an audio feature, with how far the music of weekends is from that of weekdays. Its 95 %
  interval is the middle of 200 replicates of a Poisson bootstrap over days, since streams of one
  day are not independent. A verdict is noise where the p-value, corrected by Holm over the table's
  rows, is above 0.05; otherwise small where the effect size is below 0.2 either way, and clear from
  there on. Averages are null below 30 streams with the feature, the difference where either average
  is; interval and verdict also below 10 weekend days or weekdays with such streams. Always 5 rows;
  all of their figures are null without a catalogue.
columns:
  - name: feature
    description: The audio feature, one that weekend_vs_weekday averages.
    data_tests:
      - unique
      - not_null
      - accepted_values: { values: [valence, energy, danceability, tempo, acousticness] }
  - name: weekend_average
    description: Mean over the streams of Saturdays and Sundays.
  - name: weekday_average
    description: Mean over the streams of all other days.
  - name: difference
    description: Weekend minus weekday, of the means before they are rounded.
  - name: difference_low
    description: Lower end of the difference's 95 % interval.
  - name: difference_high
    description: Upper end of the difference's 95 % interval.
  - name: effect_size
    description: Cohen's d, the difference over the pooled standard deviation of the streams.
  - name: p_value
    description: Chance of such a difference where there is none, corrected by Holm.
    data_tests:
      - range: { min: 0, max: 1 }
  - name: verdict
    description: noise, small or clear; null where there is too little to judge.
    data_tests:
      - accepted_values: { values: [noise, small, clear] }
  - name: total_plays
    description: Streams, the same in every row.
    data_tests: [not_null]
  - name: plays_with_features
    description: Streams with the feature.
    data_tests: [not_null]
  - name: weekend_plays_with_features
    description: Those of Saturdays and Sundays.
    data_tests: [not_null]
  - name: weekend_days
    description: Saturdays and Sundays with such streams.
    data_tests: [not_null]
  - name: weekday_days
    description: Other days with such streams.
    data_tests: [not_null]
data_tests:
  - row_count: { min: 5, max: 5 }
  - expression: { expression: plays_with_features <= total_plays }
  - expression: { expression: weekend_plays_with_features <= plays_with_features }
  - expression: { expression: difference_low <= difference_high }
---*/

with

streams as (

    select * from {{ref 'streams'}}

),

features_unpivoted as (

    {{#each (list 'valence' 'energy' 'danceability' 'tempo' 'acousticness') as |feature|}}
    select is_weekend, listening_date, '{{feature}}' as feature, {{feature}} as value from streams
    {{#unless @last}}
    union all
    {{/unless}}
    {{/each}}

),

{{> group_differences of='features_unpivoted' group='is_weekend'}},

weekends_measured as (

    select * from differences_measured

    where is_weekend

),

{{> holm_verdicts of='weekends_measured'}},

features as (

    select * from (
        values
            ('valence', 0), ('energy', 1), ('danceability', 2), ('tempo', 3), ('acousticness', 4)
    ) as features (feature, place)

),

features_counted as (

    select
        feature,
        {{> average feature='if(is_weekend, value, null)' digits="if(feature = 'tempo', 1, 3)"}}
            as weekend_average,
        {{> average feature='if(is_weekend, null, value)' digits="if(feature = 'tempo', 1, 3)"}}
            as weekday_average,
        count(*) as total_plays,
        count(value) as plays_with_features,
        count(value) filter (where is_weekend) as weekend_plays_with_features,
        count(distinct if(value is null, null, listening_date)) filter (where is_weekend)
            as weekend_days,
        count(distinct if(value is null, null, listening_date)) filter (where not is_weekend)
            as weekday_days

    from features_unpivoted

    group by feature

),

effects_judged as (

    select
        features.feature,
        features_counted.weekend_average,
        features_counted.weekday_average,
        differences_judged.difference,
        differences_judged.difference_low,
        differences_judged.difference_high,
        differences_judged.effect_size,
        differences_judged.holm_p_value as p_value,
        differences_judged.verdict,
        {{#each (list
            'total_plays' 'plays_with_features' 'weekend_plays_with_features' 'weekend_days'
            'weekday_days'
        ) as |number|}}
        coalesce(features_counted.{{number}}, 0) as {{number}}{{#unless @last}},{{/unless}}
        {{/each}}

    from features

    left join features_counted
        on features.feature = features_counted.feature

    left join differences_judged
        on features.feature = differences_judged.feature

    order by features.place

)

select * from effects_judged
